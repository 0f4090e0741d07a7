"""The stage `synth`: RTL to a netlist with its cost. Outputs `netlist.json`, `synthesis.json`, `synthesis.log`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.parts import Parts
from speckleforge.errors import FormatError, Problem, StageError, did_you_mean
from speckleforge.parsers.yosys_cells import parse_instances
from speckleforge.parsers.yosys_log import parse_yosys_log
from speckleforge.parsers.yosys_netlist import parse_yosys_netlist
from speckleforge.parsers.yosys_stat import STAGE, parse_yosys_stat
from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.execute import tool_label
from speckleforge.synth.plan import Sources
from speckleforge.synth.structure import structure_record
from speckleforge.synth.synthesise import Flow, Work, synthesise
from speckleforge.synth.usage import CellTable, module_usage, resource_records, resources_of, total_cells

CORE = "sf_core"
_INSTANCE = re.compile(r"^\s*(sf_\w+)\s*(?:#\s*\(|\w+\s*\()", re.MULTILINE)


@dataclass(frozen=True)
class Toolchain:
    """What the stage needs of a toolchain: its plans, how its cells count, and why it has no fmax yet."""

    flow: Flow
    cells: CellTable
    no_fmax: str


def _xilinx(family: str) -> Toolchain:
    plans = xilinx.Xilinx(family)
    return Toolchain(Flow(plans.elaborate, plans.map_unit, plans.link), xilinx.CELLS, xilinx.NO_FMAX)


# By name and family of the board.
TOOLCHAINS: Mapping[tuple[str, str], Toolchain] = {
    ("ecp5", "ecp5"): Toolchain(
        Flow(ecp5.elaborate, ecp5.map_unit, ecp5.link), ecp5.CELLS, "not placed and routed yet"
    ),
    **{("xilinx", family): _xilinx(family) for family in xilinx.YOSYS_FAMILY},
}


def run(ctx: StageContext) -> None:
    """Synthesise the sources in the input `rtl` for `params["target"]` with `params["toolchain"]`."""
    toolchain = find_toolchain(ctx.params)
    sources = read_file_list(ctx.inputs["rtl"])
    folder = work_folder(ctx.scratch, "synth")
    copy_files(ctx.inputs["rtl"], folder)
    parts = Parts(ctx.shared or ctx.scratch / "parts")
    synthesise(toolchain.flow, sources, Work(folder, parts, ctx.progress), ctx.out / "synthesis.log")
    shutil.move(folder / "netlist.json", ctx.out / "netlist.json")
    record = synthesis_record(folder, sources.top, ctx.params, tool_label("pyosys"))
    ctx.progress(0.95, "logic levels, control sets")
    record["structure"] = _structure(ctx, record)
    ctx.write_json("synthesis.json", record)


def _structure(ctx: StageContext, record: Mapping[str, Any]) -> dict[str, Any]:
    """Control sets, slices with memory, levels of logic.

    Raises
    ------
    StageError
        The netlist has a latch or a loop without a register: neither is meant anywhere, and no timing analysis sees it.
    """
    netlist = parse_yosys_netlist((ctx.out / "netlist.json").read_text(encoding="utf-8"))
    log = parse_yosys_log((ctx.out / "synthesis.log").read_text(encoding="utf-8"))
    cells = find_toolchain(ctx.params).cells
    kernels = [name for row in record["modules"] if row["name"] != CORE for name in row["instance_names"]]
    structure = structure_record(netlist, log, kernels, ctx.params["target"], cells)
    for what, names in (("inferred latches", structure["latches"]), ("a combinational loop", structure["loop"])):
        if names:
            step = "give the signal a value in every branch, or a register on its way"
            raise StageError(Problem(f"the design has {what}", "netlist.json", ", ".join(names[:8]), next_step=step))
    return structure


def find_toolchain(params: Mapping[str, Any]) -> Toolchain:
    """The toolchain `params["toolchain"]` for the family of `params["target"]`.

    Raises
    ------
    StageError
        There is none of this name here: a vendor's tool takes the sources in `rtl/` by hand. Or it does not know the
        family.
    """
    name, family = str(params["toolchain"]), str(params["target"]["family"])
    names = tuple(dict.fromkeys(known for known, _ in TOOLCHAINS))
    if name not in names:
        next_step = did_you_mean(name, names) or "choose one of these, or give rtl/ to the tool by hand"
        raise StageError(Problem("no synthesis with this toolchain", "toolchain", name, ", ".join(names), next_step))
    if (name, family) not in TOOLCHAINS:
        allowed = ", ".join(known for tool, known in TOOLCHAINS if tool == name)
        raise StageError(Problem(f"toolchain '{name}' does not know this family", "target.family", family, allowed))
    return TOOLCHAINS[name, family]


def read_file_list(rtl: Path) -> Sources:
    """What `files.json` in the source tree says: `top`, `files`, `include`, and `keep` (else the kernels of the core).

    Raises
    ------
    FormatError
        The list is missing or names a file that is not there.
    """
    path = rtl / "files.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        top, files, include = str(record["top"]), tuple(record["files"]), tuple(record.get("include", ()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FormatError(Problem("no list of RTL files", str(path), got=repr(error))) from error
    missing = [name for name in files if not (rtl / name).is_file()]
    if missing:
        raise FormatError(Problem("it names files that are not there", str(path), ", ".join(missing)))
    keep = tuple(record["keep"]) if "keep" in record else kernel_modules(rtl, files)
    return Sources(top, files, include, keep)


def kernel_modules(rtl: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """The core and the modules that it instantiates by name, in order; none where no file defines `sf_core`."""
    for name in files:
        text = (rtl / name).read_text(encoding="utf-8")
        body = re.search(rf"^\s*module\s+{CORE}\b(.*?)^\s*endmodule", text, re.MULTILINE | re.DOTALL)
        if body:
            return tuple(dict.fromkeys([CORE, *_INSTANCE.findall(body[1])]))
    return ()


def copy_files(source: Path, folder: Path) -> None:
    """Copy a tree's files but not their modes: what comes from the store is read-only."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            copy = folder / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def work_folder(scratch: Path, name: str) -> Path:
    """An empty folder under `scratch`: what a killed run left there is removed."""
    folder = scratch / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def synthesis_record(folder: Path, top: str, params: Mapping[str, Any], tool: str) -> dict[str, Any]:
    """What `synthesis.json` holds: resources with shares, cells, one row per module, and why there is no fmax.

    `folder` holds yosys' reports.
    """
    toolchain = find_toolchain(params)
    stat = parse_yosys_stat((folder / "stat.json").read_text(encoding="utf-8"))
    instances = (folder / "instances.il").read_text(encoding="utf-8")
    cells = total_cells(stat, top)
    rows = module_usage(stat, top, toolchain.cells, parse_instances(instances))
    return {
        "stage": STAGE,
        "tool": tool,
        "toolchain": params["toolchain"],
        "implementation": "rtl",
        "target": params["target"]["name"],
        "top": top,
        "resources": resource_records(resources_of(cells, toolchain.cells), params["target"], tool),
        "cells": dict(sorted(cells.items())),
        "modules": [asdict(row) for row in rows],
        "fmax_mhz": {"value": None, "reason": toolchain.no_fmax},
    }

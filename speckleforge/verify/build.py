"""The stage `simulators`: compiles the RTL with its bench, and the emulator. Takes sources; gives programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem
from speckleforge.tools.find import find_tool
from speckleforge.tools.process import minimal_environment, run_tool
from speckleforge.verify.emulator import LIBRARY, build

BENCH = "sf_bench"
INTERFACE = "bench.json"
DESIGN = "design.txt"
MODEL = "Vsf_core"
# The package's makefiles want a precompiled header that g++ does not make at that place: tell them not to.
NO_PCH = ("CFG_CXXFLAGS_PCH_I=-include", "CFG_GCH_IF_CLANG=", "VK_PCH_I_FAST=", "VK_PCH_I_SLOW=")

OPTIMISE = ("OPT_FAST=-O2", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0")  # slow: runs once; global: Verilator's own library


def run(ctx: StageContext) -> None:
    """Write `simulators/`: `sf_bench`, `emulator.so`, `bench.json`, `boot.hex`, `design.txt`.

    Raises
    ------
    StageError
        If a compiler is missing or fails.
    """
    out = ctx.out / "simulators"
    out.mkdir()
    ctx.progress(0.05, "compiling the emulator")
    build(ctx.inputs["emulator"], out / LIBRARY, ctx.scratch / "emulator.log")
    ctx.progress(0.2, "translating the RTL")
    bench = build_bench(ctx.inputs["rtl"], ctx.inputs["bench"], ctx.scratch / "bench")
    shutil.copyfile(bench, out / BENCH)
    shutil.copyfile(ctx.inputs["bench"] / INTERFACE, out / INTERFACE)
    shutil.copyfile(ctx.inputs["design"], out / DESIGN)
    for path in sorted(ctx.inputs["rtl"].glob("*.hex")):
        shutil.copyfile(path, out / path.name)


def build_bench(rtl: Path, bench: Path, work: Path) -> Path:
    """Compile the bench in folder `work` (made afresh); the program.

    Names in the program are relative, so that it does not depend on where it was built.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for folder, pattern in ((rtl, "*.sv"), (rtl, "*.hex"), (bench, "*")):
        for path in sorted(folder.glob(pattern)):
            shutil.copyfile(path, work / path.name)
    log = work / "build.log"
    verilator, make = find_tool("verilator"), find_tool("make")
    environment = minimal_environment(verilator.env)
    run_tool([*verilator.command, *_arguments(core_files(rtl))], cwd=work, log=log, env=environment)
    goals = ("-j2", "-C", "obj", "-f", f"{MODEL}.mk", *OPTIMISE, *NO_PCH, BENCH)
    run_tool([*make.command, *goals], cwd=work, log=log, env=environment)
    return work / "obj" / BENCH


def core_files(rtl: Path) -> list[str]:
    """The core's sources in compile order, from `files.json`.

    Raises
    ------
    FormatError
        If there is no such list.
    """
    try:
        return [str(name) for name in json.loads((rtl / "files.json").read_text(encoding="utf-8"))["core_files"]]
    except (OSError, ValueError, KeyError) as error:
        raise FormatError(Problem("no list of RTL files", str(rtl / "files.json"), repr(error))) from error


def _arguments(files: list[str]) -> list[str]:
    """Arguments of Verilator. Registers begin with random values, so that nothing may lean on a reset it has not."""
    options = ["--cc", "--exe", "--top-module", "sf_core", "--prefix", MODEL, "-Mdir", "obj", "-o", BENCH]
    options += ["-O3", "--x-assign", "unique", "--x-initial", "unique", "-Wno-fatal", "-CFLAGS", "-std=c++20"]
    return [*options, *files, str(Path("..") / "bench.cpp"), "-CFLAGS", "-I.."]

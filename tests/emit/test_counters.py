"""The counters lose nothing, though their words are cleared one a cycle while events go on in every cycle."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.emit.rtl import CORE
from speckleforge.tools.find import installed
from speckleforge.tools.process import run_tool
from speckleforge.verify.verilate import Program, compile_program, gather

HERE, SOURCE = Path(__file__).parent, "sf_counters.sv"


@pytest.mark.tools
@pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make")
@pytest.mark.parametrize("counters", [5, 18, 32])
def test_events_behind_a_clear_count(counters: int, tmp_path: Path) -> None:
    folder = tmp_path / "rtl"
    gather(folder, ((CORE, SOURCE), (HERE, "counters_bench.cpp")))
    sizes = f"constexpr int COUNTERS = {counters};\nconstexpr unsigned ALL = {(1 << counters) - 1}u;\n"
    (folder / "sizes.h").write_text(sizes, encoding="utf-8")
    program = compile_program(
        folder, Program("bench", "sf_counters", (SOURCE,), "counters_bench.cpp", (("COUNTERS", counters),))
    )
    run_tool([str(program), "40"], cwd=folder, log=folder / "run.log")

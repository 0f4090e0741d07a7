"""The ingress buffer against a plain queue: whole frames or none, in order, at once where the chain keeps up."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.emit.rtl import CORE, INGRESS
from speckleforge.layers.rtl import RTL
from speckleforge.tools.find import installed
from speckleforge.tools.process import run_tool
from speckleforge.verify.verilate import Program, compile_program, gather

HERE = Path(__file__).parent
tools = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]


def build(folder: Path, words: int, addr_bits: int, text: str) -> Path:
    """The bench of a buffer, from the module's `text`."""
    gather(folder, ((RTL, "sf_fifo.sv"), (HERE, "ingress_bench.cpp")))
    (folder / INGRESS).write_text(text, encoding="utf-8")
    sizes = f"constexpr int WORDS = {words};\nconstexpr std::size_t CAPACITY = {1 << addr_bits};\n"
    (folder / "sizes.h").write_text(sizes, encoding="utf-8")
    values = (("BITS", 12), ("WORDS", words), ("ADDR_BITS", addr_bits))
    return compile_program(folder, Program("bench", "sf_ingress", ("sf_fifo.sv", INGRESS), "ingress_bench.cpp", values))


def drive(program: Path, seed: int) -> list[int]:
    """Offered, taken, dropped, stray, most words held."""
    log = program.parent / f"run_{seed}.log"
    run_tool([str(program), str(seed), "60000"], cwd=program.parent, log=log)
    return [int(value) for value in log.read_text(encoding="utf-8").splitlines()[-1].split()]


class TestSimulated:
    pytestmark = tools

    @pytest.mark.parametrize(("words", "addr_bits"), [(7, 4), pytest.param(1, 3, marks=pytest.mark.slow)])
    def test_whole_frames_or_none(self, words: int, addr_bits: int, tmp_path: Path) -> None:
        program = build(tmp_path / "rtl", words, addr_bits, (CORE / INGRESS).read_text(encoding="utf-8"))
        for seed in range(3):
            offered, taken, dropped, stray, most = drive(program, seed)
            assert offered == taken + dropped
            assert min(taken, dropped, stray) > 50
            assert most <= 1 << addr_bits

"""What `sf_weights` takes: the rule of `blocks.weights` against what yosys made of the module."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from speckleforge.layers.blocks import memory_cost, weights
from speckleforge.layers.rtl import RTL
from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.usage import resources_of

# elements, bits, depth: obtained with yosys 0.70: LUTs used as memory on ultrascale and ecp5, block RAMs on each.
OBTAINED = {
    (300, 4, 392): (0, 0, 38, 75),
    (1, 4, 100): (0, 0, 1, 1),
    (1, 8, 588): (0, 0, 1, 1),
    (3, 4, 392): (0, 0, 1, 1),
    (9, 4, 65): (0, 0, 2, 3),
    (10, 8, 512): (0, 0, 2, 3),
    (6, 8, 513): (0, 0, 2, 3),
    (4, 8, 1024): (0, 0, 1, 2),
    (3, 8, 1025): (0, 0, 2, 3),
    (2, 5, 2048): (0, 0, 1, 2),
    (2, 4, 2049): (0, 0, 1, 2),
    (2, 8, 4608): (0, 0, 3, 6),
    (1, 3, 5000): (0, 0, 1, 2),
    (5, 9, 300): (0, 0, 1, 2),
    (3, 10, 300): (0, 0, 1, 2),
    (3, 16, 700): (0, 0, 2, 3),
    (7, 2, 128): (0, 0, 1, 2),
    (4, 4, 2): (32, 24, 0, 0),
    (5, 8, 16): (40, 60, 0, 0),
    (3, 8, 17): (24, 72, 0, 0),
    (5, 4, 33): (40, 90, 0, 0),
    (9, 4, 50): (72, 216, 0, 0),
    (2, 6, 64): (16, 96, 0, 0),
    (3, 12, 40): (48, 162, 0, 0),
    (2, 16, 30): (32, 96, 0, 0),
    (8, 3, 32): (64, 96, 0, 0),
}
FAMILIES = {
    "ultrascale": (xilinx.CELLS, xilinx.Xilinx().command),
    "ecp5": (ecp5.CELLS, "synth_ecp5"),
}
RUN = """
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1:]:
    libyosys.run_pass(command, design)
"""


@pytest.mark.parametrize("shape", OBTAINED, ids=str)
@pytest.mark.parametrize("family", FAMILIES)
def test_rule_is_what_was_obtained(shape: tuple[int, int, int], family: str) -> None:
    lutram, ecp5_lutram, bram, ecp5_bram = OBTAINED[shape]
    cost = memory_cost([weights(*shape)], family)
    assert (cost.lutram, cost.bram) == ((lutram, bram) if family == "ultrascale" else (ecp5_lutram, ecp5_bram))


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shape", [(9, 4, 65), (6, 8, 513), (5, 4, 33)], ids=str)
def test_yosys_still_makes_that(shape: tuple[int, int, int], family: str, tmp_path: Path) -> None:
    pytest.importorskip("pyosys")
    cells, synthesise = FAMILIES[family]
    given = " ".join(f"-chparam {name} {n}" for name, n in zip(("ELEMENTS", "BITS", "DEPTH"), shape, strict=True))
    commands = [f"read_verilog -sv -defer {RTL / 'sf_weights.sv'}", f"hierarchy -top sf_weights {given}", synthesise]
    commands.append(f"tee -q -o {tmp_path / 'stat.json'} stat -json")
    subprocess.run([sys.executable, "-c", RUN, *commands], check=True, capture_output=True)
    found = resources_of(json.loads((tmp_path / "stat.json").read_text())["design"]["num_cells_by_type"], cells)
    cost = memory_cost([weights(*shape)], family)
    assert (found["lutram"], found["bram"]) == (cost.lutram, cost.bram)

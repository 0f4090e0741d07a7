"""`sf_dots_dsp2` after synthesis: the counted DSP48E2, cascades through PCOUT and PCIN only, no other multiplier."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from speckleforge.fixed.types import parse_int_type
from speckleforge.layers.rtl import RTL
from speckleforge.layers.rtl.arithmetic import dsp_chain
from tests.layers.rtl.dots import Dots

pytestmark = pytest.mark.tools
U8 = parse_int_type("u8")
SCRIPT = """
import sys
from pyosys import libyosys
design = libyosys.Design()
for name in sys.argv[1:]:
    libyosys.run_pass("read_verilog -sv -defer " + name, design)
libyosys.run_pass("synth_xilinx -family xcu -top top -flatten -noiopad -noclkbuf", design)
libyosys.run_pass("write_json -noscopeinfo netlist.json", design)
"""
FILES = ("sf_add_tree", "sf_delay", "sf_dots_dsp2", "sf_dsp_pair")
Cells = dict[str, Any]


def netlist(dots: Dots, folder: Path) -> Cells:
    """Cells of the mapped netlist."""
    pytest.importorskip("pyosys")
    sizes = [dots.lanes * dots.taps * 8, dots.outputs * dots.taps * 8, dots.lanes * dots.outputs * dots.sum_bits]
    ports = "input clk, input [{}:0] operands, input [{}:0] weights, output [{}:0] sums".format(*(n - 1 for n in sizes))
    given = ", ".join(f".{key}({value})" for key, value in dots.generics().items())
    pins = ", ".join(f".{name}({name})" for name in ("clk", "operands", "weights", "sums"))
    (folder / "top.v").write_text(f"module top ({ports});\n  sf_dots_dsp2 #({given}) dots ({pins});\nendmodule\n")
    (folder / "run.py").write_text(SCRIPT)
    command = [sys.executable, "run.py", *(str(RTL / f"{name}.sv") for name in FILES), "top.v"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    cells: Cells = json.loads((folder / "netlist.json").read_text())["modules"]["top"]["cells"]
    return cells


CASES = [
    (Dots("dsp2", 2, 1, 5, U8, 8), 5),
    pytest.param(Dots("dsp2", 2, 3, 25, U8, 8), 75, marks=pytest.mark.slow),
    pytest.param(Dots("dsp2", 2, 3, 25, U8, 8, pair_outputs=True), 100, marks=pytest.mark.slow),
    pytest.param(Dots("dsp2", 2, 3, 175, U8, 8), 525, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("dots", "units"), CASES)
def test_units_and_their_cascades(dots: Dots, units: int, tmp_path: Path) -> None:
    cells = netlist(dots, tmp_path)
    found = {name: cell["connections"] for name, cell in cells.items() if cell["type"] == "DSP48E2"}
    assert len(found) == units
    onward = {bit: name for name, pins in found.items() for bit in pins["PCOUT"]}
    before = {name: {onward.get(bit) for bit in pins["PCIN"]} for name, pins in found.items()}
    heads = [name for name, sources in before.items() if sources == {None}]
    cascades = -(-dots.taps // dsp_chain(dots.taps, 8, 8))
    assert len(heads) == cascades * units // dots.taps
    assert all(set(found[name]["PCIN"]) == {"0"} for name in heads)
    tails = Counter(next(iter(sources)) for name, sources in before.items() if name not in heads)
    assert all(len(sources) == 1 for sources in before.values())
    assert set(tails.values()) == {1}
    others = [bit for cell in cells.values() for bit in _inputs(cell) if bit in onward]
    assert not others  # no PCOUT leaves the column
    kinds = Counter(cell["type"] for cell in cells.values())
    assert set(kinds) <= {"DSP48E2", "FDRE", "SRL16E", "CARRY4", "INV", *(f"LUT{n}" for n in range(1, 7))}, kinds


def _inputs(cell: Any) -> list[object]:
    """Bits that a cell reads, but for PCIN."""
    pins, directions = cell["connections"], cell["port_directions"]
    return [bit for port, bits in pins.items() if directions[port] == "input" and port != "PCIN" for bit in bits]

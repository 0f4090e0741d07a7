"""Netlists that yosys 0.70 wrote for `tests/synth/netlists/sf_core.sv`, and texts that are none."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.yosys_netlist import parse_yosys_netlist

NETLISTS = Path(__file__).parents[1] / "synth" / "netlists"


def test_hierarchy_ports_and_cells() -> None:
    modules = parse_yosys_netlist((NETLISTS / "xilinx.json").read_text(encoding="utf-8"))
    (add,) = (name for name in modules if "sf_add" in name)
    core = modules["sf_core"]
    assert (core.top, modules[add].top) == (True, False)
    assert Counter(cell.kind for cell in core.cells) == {"FDRE": 8, add: 2, "INV": 1, "CARRY4": 1, "RAM32M16": 1}
    assert core.ports["q"].direction == "output"
    assert len(core.ports["q"].bits) == 12
    second = next(cell for cell in core.cells if cell.name == "u_second")
    assert second.connections["rst"] == ("0",)
    assert second.connections["sum"] == core.ports["q"].bits
    assert core.names[int(core.ports["q"].bits[3])] == "q[3]"
    assert modules[add].ports["same"].bits == modules[add].ports["a"].bits[:1]


def test_parameters_are_texts() -> None:
    modules = parse_yosys_netlist((NETLISTS / "ecp5.json").read_text(encoding="utf-8"))
    lut = next(cell for cell in modules["sf_core"].cells if cell.kind == "LUT4")
    assert set(lut.parameters["INIT"]) <= {"0", "1"}


def test_library_cells_are_left_out() -> None:
    text = json.dumps({"modules": {"\\LUT4": {"attributes": {"blackbox": "1"}}, "\\top": {"attributes": {"top": "1"}}}})
    assert list(parse_yosys_netlist(text)) == ["top"]


@pytest.mark.parametrize("text", ["", "{}", '{"modules": {"m": {"cells": {"c": {"type": "LUT4"}}}}}'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(FormatError, match=r"dir/n\.json: not a yosys netlist"):
        parse_yosys_netlist(text, "dir/n.json")

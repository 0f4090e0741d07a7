from __future__ import annotations

import json

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.yosys_stat import parse_yosys_stat
from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.usage import module_usage, resource_records, resources_of, total_cells
from tests.synth.designs import target

REPORT = {
    "modules": {
        "\\sf_top": {"num_cells_by_type": {"LUT4": 1, "$scopeinfo": 4, "\\sf_core": 1}},
        "\\sf_core": {"num_cells_by_type": {"LUT4": 10, "CCU2C": 3, "$paramod$1\\sf_dense": 2}},
        "$paramod$1\\sf_dense": {"num_cells_by_type": {"TRELLIS_FF": 7, "DP16KD": 1, "TRELLIS_DPR16X4": 2}},
    }
}


def test_cells_add_up_through_the_hierarchy() -> None:
    stat = parse_yosys_stat(json.dumps(REPORT))
    cells = total_cells(stat, "sf_top")
    assert cells == {"LUT4": 11, "CCU2C": 3, "TRELLIS_FF": 14, "DP16KD": 2, "TRELLIS_DPR16X4": 4}
    assert resources_of(cells, ecp5.CELLS) == {"lut": 41, "lutram": 24, "ff": 14, "dsp": 0, "bram": 2}
    rows = module_usage(stat, "sf_top", ecp5.CELLS)
    assert [(row.name, row.instances, row.resources["lut"]) for row in rows] == [
        ("sf_top", 1, 41),
        ("sf_core", 1, 40),
        ("sf_dense", 2, 12),
    ]


def test_an_unknown_top() -> None:
    with pytest.raises(FormatError, match=r"no such module(.*\n)*.*got: top"):
        total_cells(parse_yosys_stat(json.dumps(REPORT)), "top")


def test_half_blocks_round_up() -> None:
    counts = resources_of({"RAMB36E2": 2, "RAMB18E2": 3, "LUT6": 5, "RAM32M16": 2, "DSP48E2": 4}, xilinx.CELLS)
    assert counts == {"lut": 21, "lutram": 16, "ff": 0, "dsp": 4, "bram": 4}


def test_shares_of_the_device_and_of_one_slr() -> None:
    records = resource_records({"lut": 66336}, target("kcu1500"), "yosys 0.70")
    assert records["lut"] == {
        "value": 66336,
        "available": 663360,
        "share": 0.1,
        "share_of_one_slr": 0.2,
        "stage": "synthesised",
        "tool": "yosys 0.70",
    }
    assert "share_of_one_slr" not in resource_records({"lut": 1}, target(), "yosys 0.70")["lut"]

from __future__ import annotations

import json

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.yosys_stat import base_name, parse_yosys_stat

FLAT = {
    "creator": "Yosys 0.70 (git sha1 28ba3cb92, Release)",
    "modules": {
        "$paramod$0a1b2c\\sf_conv2d": {"num_cells": 3, "num_cells_by_type": {"LUT4": 2, "TRELLIS_FF": 1}},
        "\\sf_core": {"num_cells_by_type": {"LUT4": 5, "$paramod$0a1b2c\\sf_conv2d": 2}},
    },
    "design": {"num_cells_by_type": {"LUT4": 9, "TRELLIS_FF": 2}},
}


def count(total: int, local: int) -> dict[str, str]:
    return {"count": str(total), "area": "0.000000", "local_count": str(local), "local_area": "0.000000"}


HIERARCHY = {
    "creator": "Yosys 0.70 (git sha1 28ba3cb92, Release)",
    "modules": {
        "$paramod$0a1b2c\\sf_conv2d": {"num_cells_by_type": {"LUT4": count(2, 2), "TRELLIS_FF": count(1, 1)}},
        "\\sf_core": {
            "num_cells_by_type": {"LUT4": count(9, 5), "TRELLIS_FF": count(2, 0)},
            "num_submodules_by_type": {"$paramod$0a1b2c\\sf_conv2d": count(2, 0)},
        },
    },
    "design": {"num_cells_by_type": {"LUT4": count(9, 5), "TRELLIS_FF": count(2, 0)}},
}


@pytest.mark.parametrize("report", [FLAT, HIERARCHY])
def test_cells_and_instances(report: dict[str, object]) -> None:
    stat = parse_yosys_stat(json.dumps(report))
    conv, core = stat.modules
    assert stat.creator == "Yosys 0.70"
    assert stat.stage == "synthesised"
    assert (conv.base_name, conv.cells, conv.instances) == ("sf_conv2d", {"LUT4": 2, "TRELLIS_FF": 1}, {})
    assert core.cells == {"LUT4": 5}
    assert core.instances == {"$paramod$0a1b2c\\sf_conv2d": 2}
    assert stat.cells == {"LUT4": 9, "TRELLIS_FF": 2}


def test_what_is_missing_is_none() -> None:
    stat = parse_yosys_stat('{"modules": {"\\\\top": {}}}')
    assert stat.creator is None
    assert stat.cells is None
    assert stat.modules[0].cells == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", "no json", '{"fmax": {}}'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(FormatError, match=r"dir/stat\.json: not a yosys stat report"):
        parse_yosys_stat(text, "dir/stat.json")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("\\sf_core", "sf_core"),
        ("sf_core", "sf_core"),
        ("$paramod$01ab\\sf_dense", "sf_dense"),
        ("$paramod\\sf_boot\\DEPTH=s32'0001", "sf_boot"),
    ],
)
def test_base_name(name: str, expected: str) -> None:
    assert base_name(name) == expected

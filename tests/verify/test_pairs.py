"""A core whose convolutions and dense layers multiply in pairs, through the model of DSP48E2: all executions agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.tools.find import installed
from tests.emit.designs import small
from tests.verify.rtl_build import build_simulators, export
from tests.verify.test_stage import check_record, verify

pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]

DESIGN = small(4, fold=0.0, arithmetic="dsp2")


def test_all_executions_agree_with_pairs(tmp_path: Path) -> None:
    pairs = {item.kernel.kind for item in DESIGN.instances if item.kernel.folding().get("arithmetic") == "dsp2"}
    assert pairs == {"conv2d", "dense"}
    (tmp_path / "built").mkdir()
    (tmp_path / "verified").mkdir()
    simulators, inputs = build_simulators(DESIGN, tmp_path / "built"), export(DESIGN, tmp_path / "export")
    check_record(verify(inputs, simulators, tmp_path / "verified"), DESIGN)

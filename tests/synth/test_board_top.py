"""The top of a board with an MMCM through the open synthesis: primitives stay what they are, with their settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.emit.board.wrapper import TOP, CoreWidths, board_sources
from speckleforge.parsers.yosys_netlist import parse_yosys_netlist
from speckleforge.spec import load_target
from speckleforge.synth import stage
from speckleforge.synth.xilinx import CELLS
from speckleforge.tools.find import installed

STUB = Path(__file__).parents[1] / "emit" / "board" / "stub_core.sv"
CORE = CoreWidths(in_bits=12, res_bits=76, frame_words=1000)

pytestmark = [pytest.mark.tools, pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")]


def synthesise(board: dict[str, Any], clock_mhz: float, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record, and the cells of the clock module by kind."""
    rtl, out = folder / "rtl", folder / "out"
    rtl.mkdir()
    out.mkdir()
    sources = {"sf_core.sv": STUB.read_text(encoding="utf-8"), **board_sources(board, CORE, clock_mhz, "test")}
    for name, text in sources.items():
        (rtl / name).write_text(text, encoding="utf-8")
    (rtl / "files.json").write_text(json.dumps({"top": TOP, "files": list(sources), "include": []}))
    params = {"target": board, "toolchain": "xilinx", "clock_mhz": clock_mhz}
    stage.run(StageContext(params, {"rtl": rtl}, out, folder / "scratch"))
    record = json.loads((out / "synthesis.json").read_text())
    modules = parse_yosys_netlist((out / "netlist.json").read_text(encoding="utf-8"))
    cells = [cell for module in modules.values() for cell in module.cells]
    return record, {
        cell.kind: cell.parameters for cell in cells if cell.kind in ("BUFG", "IBUFDS") or "MMCM" in cell.kind
    }


@pytest.mark.parametrize(
    ("family", "clock_mhz", "kind", "settings"),
    [
        ("ultrascale", 200.0, "MMCME3_BASE", {"CLKFBOUT_MULT_F": 4.0, "CLKOUT0_DIVIDE_F": 6.0}),
        ("ultrascaleplus", 83.7, "MMCME4_BASE", {"CLKFBOUT_MULT_F": 104.625, "CLKOUT0_DIVIDE_F": 15.0}),
    ],
)
def test_the_clock_hardware_is_in_the_netlist(
    family: str, clock_mhz: float, kind: str, settings: dict[str, float], tmp_path: Path
) -> None:
    board = {**load_target("kcu105-uart").values, "family": family}
    record, found = synthesise(board, clock_mhz, tmp_path)
    assert set(found) == {"BUFG", "IBUFDS", kind}
    assert {name: float(found[kind][name]) for name in settings} == settings
    assert float(found[kind]["CLKIN1_PERIOD"]) == 3.333
    cells = record["cells"]
    assert (cells["BUFG"], cells["IBUFDS"], cells[kind]) == (1, 1, 1)
    # They are none of what is counted, and the whole board has one clock behind them.
    for name, table in CELLS.items():
        counted = sum(table.get(cell, 0) * count for cell, count in cells.items())
        assert record["resources"][name]["value"] == counted
        assert not {"BUFG", "IBUFDS", kind} & set(table)
    assert record["structure"]["control_sets"]["clocks"] == 1
    assert record["structure"]["latches"] == []
    assert record["fmax_mhz"]["value"] is None

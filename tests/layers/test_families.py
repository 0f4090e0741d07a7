"""UltraScale+ has UltraScale's cost formulas because synthesis makes the same cells for both."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import families
from benchmarks.fit_cost import KINDS
from benchmarks.synthesise_kernel import REPOSITORY
from speckleforge.layers import facet
from speckleforge.layers.rtl import RTL
from speckleforge.synth.xilinx import Xilinx
from speckleforge.tools.find import installed

needs_yosys = pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")


def test_no_recorded_kernel_differs() -> None:
    rows = families.known_rows()
    assert {row["kind"] for row in rows} == set(KINDS)
    ways = {(row["kind"], row["folding"]["arithmetic"]) for row in rows if "arithmetic" in row["folding"]}
    assert ways == {(kind, way) for kind in KINDS for way in getattr(facet(kind, "kernel"), "ARITHMETIC", ())}
    assert [row for row in rows if not row["equal"] or row["ultrascale"] != row["ultrascaleplus"]] == []
    text = (REPOSITORY / "docs" / "boards.md").read_text(encoding="utf-8")
    assert f"**{len(rows)} kernels, none\ndiffers in any cell**" in text


@pytest.mark.tools
@needs_yosys
def test_a_kernel_is_the_same_for_both() -> None:
    kernel, banks = next(families.chosen("relu"))
    row = families.compared(kernel, banks)
    assert row["equal"]
    assert row["ultrascaleplus"]["lut"] > row["ultrascaleplus"]["lutram"] > 0


@pytest.mark.tools
@needs_yosys
@pytest.mark.parametrize(("option", "used"), [("", "RAMB36E2"), (" -uram", "URAM288")])
def test_large_memories_are_block_ram_as_long_as_nobody_asks_for_more(option: str, used: str, tmp_path: Path) -> None:
    script = tmp_path / "synth.ys"
    script.write_text(
        f"read_verilog -sv -defer {RTL / 'sf_memory.sv'}\n"
        "hierarchy -top sf_memory -chparam WIDTH 72 -chparam DEPTH 4096\n"
        f"{Xilinx('ultrascaleplus').command}{option}\n"
        f"tee -q -o {tmp_path / 'stat.json'} stat -json\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "benchmarks.synthesise_kernel", str(script)]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    cells = json.loads((tmp_path / "stat.json").read_text(encoding="utf-8"))["design"]["num_cells_by_type"]
    assert {cell for cell in cells if cell.startswith(("RAMB", "URAM"))} == {used}

"""A whole core, and a board's top around it: no latch, no combinational loop, no wire with two drivers or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from speckleforge.emit.rtl import rtl_files
from speckleforge.ir.design import Design
from tests.emit.designs import head_only, small
from tests.layers.rtl.structure import Job, black_box, problems

pytestmark = pytest.mark.tools
TARGET = Path(__file__).parents[2] / "targets" / "ulx3s-25f.yaml"
DESIGNS: dict[str, Callable[[], Design]] = {
    "stream": lambda: small(2, interface="stream"),
    "wide stream": lambda: small(4, fold=0.0, interface="stream"),
    "serial line": lambda: small(1, fold=1.0, interface="uart"),
    "pairs": lambda: small(2, fold=0.0, arithmetic="dsp2"),
    "tables": lambda: small(2, fold=0.0, arithmetic="da"),
    "host's weights": lambda: small(2, boot=False),
    "head": head_only,
}


def job(name: str, design: Design, folder: Path) -> Job:
    """The design's own sources in a folder of their own."""
    folder.mkdir()
    files = rtl_files(design, yaml.safe_load(TARGET.read_text(encoding="utf-8")))
    for file, text in files.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    index = json.loads(files["files.json"])
    boxes = [black_box("xilinx/cells_xtra.v", "DSP48E2", folder), black_box("ecp5/cells_bb.v", "EHXPLLL", folder)]
    return Job(name, index["top"], index["files"], str(folder), boxes)


def test_no_core_has_a_latch_a_loop_or_a_loose_wire(tmp_path: Path) -> None:
    jobs = [job(name, design(), tmp_path / str(i)) for i, (name, design) in enumerate(DESIGNS.items())]
    found = problems(jobs, tmp_path)
    assert len(found) == len(jobs)
    assert not {name: wrong for name, wrong in found.items() if wrong}

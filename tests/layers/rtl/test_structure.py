"""No kernel has a latch, a combinational loop or a wire of two drivers or none; and the check finds each of these."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.layers.rtl import models, sources
from tests.layers.rtl.structure import Job, black_box, problems
from tests.layers.rtl.test_tools_read import CASES, wrapper

pytestmark = pytest.mark.tools
EVERY = 6  # of the cases in the quick tier
WRONG = {
    "latch": ("always_latch if (a[0]) x = a;", "latch"),
    "forgotten case": ("logic y; always @* if (a[0]) y = a[1]; assign x = {3'b0, y};", "latch"),
    "loop": ("wire [3:0] y = a ^ {y[2:0], y[3]}; assign x = y;", "loop"),
    "two drivers": ("assign x = a; assign x = ~a;", "conflicting"),
    "no driver": ("wire [3:0] y; assign x = y + a;", "no driver"),
}


def named(folder: Path, kind: str) -> list[str]:
    """The sources of a kind of kernel under their modules' names."""
    folder.mkdir(exist_ok=True)
    paths = [folder / (f"sf_{kind}.sv" if path.name == "kernel.sv" else path.name) for path in sources([kind])]
    for path, source in zip(paths, sources([kind]), strict=True):
        path.write_bytes(source.read_bytes())
    return [str(path) for path in paths]


@pytest.mark.parametrize("step", [EVERY, pytest.param(1, marks=pytest.mark.slow)], ids=["quick", "all"])
def test_no_kernel_has_a_latch_a_loop_or_a_loose_wire(step: int, tmp_path: Path) -> None:
    jobs = []
    box = black_box("xilinx/cells_xtra.v", "DSP48E2", tmp_path)
    for name, chain in list(CASES.items())[::step]:
        kind = chain.kernels[0].kind
        top = tmp_path / f"{name}.v"
        top.write_text(wrapper(chain.kernels[0], chain.banks), encoding="utf-8")
        boxes = [box] if models([kind]) else []
        jobs.append(Job(name, "top", [*named(tmp_path / kind, kind), str(top)], str(tmp_path), boxes))
    found = problems(jobs, tmp_path)
    assert len(found) == len(jobs)
    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_the_check_finds_what_it_looks_for(tmp_path: Path) -> None:
    jobs = []
    for name, (text, _) in WRONG.items():
        path = tmp_path / f"{name.replace(' ', '_')}.sv"
        path.write_text(f"module top (input [3:0] a, output logic [3:0] x);\n  {text}\nendmodule\n", encoding="utf-8")
        jobs.append(Job(name, "top", [str(path)], str(tmp_path)))
    found = problems(jobs, tmp_path)
    for name, (_, word) in WRONG.items():
        assert word in "\n".join(found[name]), (name, found[name])

"""A record waits for its frame's last word: the head may be through before it is known that a frame is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.errors import MismatchError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.rtl import RtlSimulator
from speckleforge.verify.scenarios import late_end
from speckleforge.verify.sets import WeightSet
from tests.emit.designs import chain
from tests.networks import random_parameters, random_words, topology
from tests.verify.rtl_build import build_simulators

LAYERS = (
    ("conv2d", {"filters": 2, "kernel": 3}),
    ("relu", {}),
    ("maxpool2d", {"size": 2}),  # of 7 rows it leaves the last one out
    ("flatten", {}),
    ("dense", {"units": 4}),
    ("head", {"prototypes": 2}),
)


def scenario(folder: Path, *, faulty: bool) -> dict[str, object]:
    """The scenario on a design whose head needs no word of the last row; `faulty`: the egress does not wait."""

    def edit(rtl: Path) -> None:
        path = rtl / "sf_frames.sv"
        text = path.read_text(encoding="utf-8")
        assert "assign complete = ended != '0;" in text
        path.write_text(text.replace("ended != '0;", "1'b1 | (|ended);"), encoding="utf-8")

    design = chain(topology(LAYERS, TensorType(unsigned(4), (1, 9, 10))), 1, fold=0.0)
    simulators = build_simulators(design, folder, edit if faulty else None)
    params = random_parameters(design.topology, 3)
    words = random_words(design.topology, 3, 3)
    expected = run_topology(design.topology, words, params.values)
    weights = WeightSet("exported", build_image(design.layout, params.values), expected)
    values = dict(params.values)
    return late_end(RtlSimulator(simulators, folder / "run"), words, weights, values, 1)


def test_a_frame_that_turns_out_short_is_flagged(tmp_path: Path) -> None:
    assert scenario(tmp_path, faulty=False)["flagged"] == {"short": 1}


def test_an_egress_that_does_not_wait_is_found(tmp_path: Path) -> None:
    with pytest.raises(MismatchError, match="late end: frames flagged short"):
        scenario(tmp_path, faulty=True)

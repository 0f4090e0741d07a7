"""The stage `quantize` behind a real, short training: post-training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.artifacts.context import StageContext  # noqa: E402
from speckleforge.artifacts.dataset import read_dataset  # noqa: E402
from speckleforge.artifacts.fewshot import few_shot  # noqa: E402
from speckleforge.layers.execute import run_topology  # noqa: E402
from speckleforge.layers.parameters import read_parameters  # noqa: E402
from speckleforge.quantize import stage  # noqa: E402
from tests.quantize.short import POST_TRAINING, network, quantise  # noqa: E402

NETWORK = network()


def test_integers_are_as_accurate_as_floats(tmp_path: Path, trained: StageContext) -> None:
    ctx = quantise(tmp_path, trained, POST_TRAINING)
    params = read_parameters(ctx.out / "quantised.safetensors", NETWORK)
    data = read_dataset(trained.inputs["dataset"])
    rows = data.indices("test")
    values = run_topology(NETWORK, stage.words_of(data, rows), params.values)
    integer = few_shot(values["dense_5"], data.label[rows], data.particle[rows], 5, 0, classes=4)["mean"]
    record = json.loads((trained.out / "training.json").read_text())
    assert integer == pytest.approx(record["accuracy"]["float"]["k5"]["mean"], abs=0.03)
    decided = values["head_6"][:, NETWORK.nodes[-1].op.slots]
    assert (decided == data.label[rows]).mean() > 0.6


def test_the_record_and_the_bytes(tmp_path: Path, trained: StageContext) -> None:
    ctx, again = (quantise(tmp_path / name, trained, POST_TRAINING) for name in "ab")
    for name in ("quantised.safetensors", "quantisation.json"):
        assert (ctx.out / name).read_bytes() == (again.out / name).read_bytes()
    record = json.loads((ctx.out / "quantisation.json").read_text())
    assert record["method"] == "post_training"
    assert [row["node"] for row in record["nodes"]] == [n.name for n in NETWORK.nodes[1:-1]]
    conv = record["nodes"][1]
    assert conv["sqnr_db"] > 20
    assert len(conv["weight_frac"]) == len(conv["shift"]) == 4
    assert record["head"]["keep"] == ["single", "unknown"]


def test_calibration_and_enrolment_never_look_at_test_particles(trained: StageContext) -> None:
    data = read_dataset(trained.inputs["dataset"])
    assert set(data.split[stage.calibration_rows(data)]) == {0}
    rows = stage.enrolment_rows(data)
    assert set(data.split[rows]) == {1}
    assert set(np.unique(data.label[rows])) == {0, 1, 2, 3}

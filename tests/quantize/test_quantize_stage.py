"""The stage `quantize` behind a real, short training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.artifacts.context import StageContext  # noqa: E402
from speckleforge.artifacts.dataset import read_dataset  # noqa: E402
from speckleforge.artifacts.fewshot import few_shot  # noqa: E402
from speckleforge.fixed.types import unsigned  # noqa: E402
from speckleforge.ir.text import print_topology  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.layers.execute import run_topology  # noqa: E402
from speckleforge.layers.parameters import read_parameters  # noqa: E402
from speckleforge.quantize import stage  # noqa: E402
from speckleforge.train import stage as training  # noqa: E402
from tests.networks import topology  # noqa: E402
from tests.small_data import CLASSES, TRAIN, context, make_dataset  # noqa: E402

LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3}),
    ("relu", {}),
    ("maxpool2d", {"size": 2}),
    ("flatten", {}),
    ("dense", {"units": 8}),
    ("head", {"prototypes": 6}),
]
NETWORK = topology(LAYERS, TensorType(unsigned(8), (1, 16, 16)))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    folder = tmp_path_factory.mktemp("trained")
    dataset = make_dataset(folder / "data")
    params = {"train": {**TRAIN, "epochs": 6}, "network": structure(NETWORK), "classes": CLASSES}
    ctx = context(folder / "train", params, {"dataset": dataset})
    training.run(ctx)
    return ctx


def quantise(folder: Path, trained: StageContext) -> StageContext:
    inputs = {"dataset": trained.inputs["dataset"], "checkpoint": trained.out / "checkpoint.safetensors"}
    ctx = context(folder, {"topology": print_topology(NETWORK), "classes": CLASSES}, inputs)
    stage.run(ctx)
    return ctx


def test_integers_are_as_accurate_as_floats(tmp_path: Path, trained: StageContext) -> None:
    ctx = quantise(tmp_path, trained)
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
    ctx, again = quantise(tmp_path / "a", trained), quantise(tmp_path / "b", trained)
    for name in ("quantised.safetensors", "quantisation.json"):
        assert (ctx.out / name).read_bytes() == (again.out / name).read_bytes()
    record = json.loads((ctx.out / "quantisation.json").read_text())
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

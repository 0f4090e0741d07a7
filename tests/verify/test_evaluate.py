from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import read_dataset
from speckleforge.errors import FormatError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.evaluate import confusion, run
from tests.datasets import CLASSES, write_dataset
from tests.layers.executions import build_emulator
from tests.networks import random_parameters, topology

LAYERS = [
    ("conv2d", {"filters": 2, "kernel": 3}),
    ("relu", {}),
    ("flatten", {}),
    ("dense", {"units": 6}),
    ("head", {"prototypes": 4}),
]
NETWORK = topology(LAYERS, TensorType(unsigned(8), (1, 7, 7)))


@pytest.fixture
def ctx(tmp_path: Path) -> StageContext:
    simulators = tmp_path / "simulators"
    simulators.mkdir()
    build_emulator(NETWORK, simulators)
    params = random_parameters(NETWORK, 6)
    (tmp_path / "weights.bin").write_bytes(build_image(layout_of(NETWORK), params.values))
    metrics = {"seed": 5, "accuracy": {"float": {"k1": {"mean": 0.5}}}}
    (tmp_path / "training.json").write_text(json.dumps(metrics))
    (tmp_path / "out").mkdir()
    inputs = {
        "dataset": write_dataset(tmp_path / "dataset", 7, 7),
        "simulators": simulators,
        "weights": tmp_path / "weights.bin",
        "checkpoint_metrics": tmp_path / "training.json",
    }
    return StageContext({"shots": [1, 2, 50], "classes": CLASSES}, inputs, tmp_path / "out", tmp_path)


def test_the_record_is_of_the_references_integers(ctx: StageContext) -> None:
    run(ctx)
    record = json.loads((ctx.out / "accuracy.json").read_text())
    assert set(record["integer"]) == {"k1", "k2"}
    assert 0.25 < record["integer"]["k2"]["mean"] <= 1.0
    assert record["float"] == {"k1": {"mean": 0.5}}
    assert 0 <= record["single_vs_multi"]["balanced"] <= 1
    data = read_dataset(ctx.inputs["dataset"])
    rows = data.indices("test")
    values = run_topology(NETWORK, np.asarray(data.photons[rows])[:, None], random_parameters(NETWORK, 6).values)
    decided, keep = values["head_4"][:, 4], values["head_4"][:, 7]
    assert record["head"]["confusion"] == confusion(data.label[rows], decided, CLASSES)
    assert record["head"]["veto"]["kept_of_all"] == pytest.approx(keep.mean(), abs=1e-6)
    assert record["saturated"]["conv2d_0"] == pytest.approx((values["conv2d_0"] == 255).mean(), abs=1e-6)
    extremes = (values["dense_3"] == 127) | (values["dense_3"] == -128)
    assert record["saturated"]["dense_3"] == pytest.approx(extremes.mean(), abs=1e-6)
    assert record["patterns"] == len(rows)


def test_every_pattern_is_in_the_confusion_matrix_once() -> None:
    labels, decided = np.array([0, 0, 1, 3]), np.array([0, -1, 1, 2])
    table = confusion(labels, decided, CLASSES)
    assert sum(sum(row.values()) for row in table.values()) == 4
    assert table["background"] == {"background": 1, "single": 0, "multi": 0, "non_sample": 0, "unknown": 1}


def test_weights_of_another_layout_are_refused(ctx: StageContext) -> None:
    other = topology([*LAYERS[:3], ("dense", {"units": 5}), LAYERS[4]], TensorType(unsigned(8), (1, 7, 7)))
    ctx.inputs["weights"].write_bytes(build_image(layout_of(other), random_parameters(other).values))
    with pytest.raises(FormatError, match="image of another layout"):
        run(ctx)


def test_an_empty_test_split_is_refused(ctx: StageContext) -> None:
    write_dataset(ctx.inputs["dataset"], 7, 7, splits=(0, 1))
    with pytest.raises(FormatError, match="no test patterns"):
        run(ctx)

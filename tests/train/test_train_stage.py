"""The stage `train`: repeats, resumes to the same bytes, refuses what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.numpy import load_file  # noqa: E402

from speckleforge.artifacts.context import StageContext  # noqa: E402
from speckleforge.errors import FormatError, SpecError  # noqa: E402
from speckleforge.fixed.types import unsigned  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.learning.losses.supcon import supcon  # noqa: E402
from speckleforge.train import stage  # noqa: E402
from tests.networks import topology  # noqa: E402
from tests.small_data import CLASSES, TRAIN, context  # noqa: E402

LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 3, "kernel": 3}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("flatten", {}),
    ("dense", {"units": 8}),
    ("head", {"prototypes": 4}),
]
ROWS = structure(topology(LAYERS, TensorType(unsigned(8), (1, 16, 16))))
OUTPUTS = ("checkpoint.safetensors", "training.json")


class KilledError(Exception):
    """Stands for a kill: raised from the progress callback, behind the save of an epoch."""


def prepare(folder: Path, dataset: Path, progress: Any = None, **train: Any) -> StageContext:
    params = {"train": {**TRAIN, **train}, "network": ROWS, "classes": CLASSES}
    inputs = {"dataset": dataset}
    return context(folder, params, inputs, progress) if progress else context(folder, params, inputs)


def outputs(ctx: StageContext) -> list[bytes]:
    return [(ctx.out / name).read_bytes() for name in OUTPUTS]


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, dataset: Path) -> None:
    whole = prepare(tmp_path / "whole", dataset)
    stage.run(whole)

    def kill(done: float, message: str) -> None:
        if message.startswith("epoch 2"):
            raise KilledError

    with pytest.raises(KilledError):
        stage.run(prepare(tmp_path / "killed", dataset, kill))
    (tmp_path / "killed" / "out").rmdir()
    seen: list[str] = []
    again = prepare(tmp_path / "killed", dataset, lambda done, message: seen.append(message))
    stage.run(again)
    assert [line.split(":")[0] for line in seen] == ["epoch 3"]
    assert outputs(again) == outputs(whole)


def test_a_damaged_scratch_file_starts_afresh(tmp_path: Path, dataset: Path) -> None:
    ctx = prepare(tmp_path, dataset, epochs=1)
    (ctx.scratch / "epoch.safetensors").write_bytes(b"\0" * 40)
    stage.run(ctx)
    assert json.loads((ctx.out / "training.json").read_text())["best_epoch"] == 1


def test_the_record(tmp_path: Path, dataset: Path) -> None:
    ctx = prepare(tmp_path, dataset, shots=[1, 5, 50])
    stage.run(ctx)
    record = json.loads((ctx.out / "training.json").read_text())
    assert [row["epoch"] for row in record["history"]] == [1, 2, 3]
    assert record["best_epoch"] in (1, 2, 3)
    assert set(record["accuracy"]["float"]) == {"k1", "k5"}
    assert record["shots_left_out"] == [50]
    assert set(record["accuracy"]["float"]["k5"]) >= {"mean", "ci95", "particles", "episodes"}
    assert 0 <= record["accuracy"]["single_vs_multi"]["balanced"] <= 1
    tensors = load_file(ctx.out / "checkpoint.safetensors")
    assert all(value.dtype == np.float32 for value in tensors.values())
    assert record["parameters"] == sum(value.size for name, value in tensors.items() if not name.endswith(".frac"))
    assert (ctx.out / "checkpoint.safetensors").read_bytes().count(b"__metadata__") == 0


def test_training_learns(tmp_path: Path, dataset: Path) -> None:
    ctx = prepare(tmp_path, dataset, epochs=8)
    stage.run(ctx)
    assert json.loads((ctx.out / "training.json").read_text())["accuracy"]["float"]["k5"]["mean"] > 0.6


def test_a_given_checkpoint_is_taken_as_it_is(tmp_path: Path, dataset: Path) -> None:
    first = prepare(tmp_path / "a", dataset, epochs=1)
    stage.run(first)
    given = first.out / "checkpoint.safetensors"
    ctx = prepare(tmp_path / "b", dataset)
    stage.run(StageContext(ctx.params, {**ctx.inputs, "pretrained": given}, ctx.out, ctx.scratch))
    assert (ctx.out / "checkpoint.safetensors").read_bytes() == given.read_bytes()
    records = [json.loads((c.out / "training.json").read_text()) for c in (first, ctx)]
    assert records[0]["accuracy"] == records[1]["accuracy"]


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path, dataset: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"dense_5.weight": np.zeros((8, 4), np.float32)}, tmp_path / "other.safetensors")
    ctx = prepare(tmp_path / "b", dataset)
    with pytest.raises(FormatError, match=r"tensor 'conv2d_1.weight'"):
        stage.run(
            StageContext(ctx.params, {**ctx.inputs, "pretrained": tmp_path / "other.safetensors"}, ctx.out, ctx.scratch)
        )


@pytest.mark.parametrize(
    ("train", "text"),
    [
        ({"loss": "supcom"}, "did you mean 'supcon'?"),
        ({"epochs": 0}, "train.epochs"),
        ({"shots": []}, "train.shots"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, dataset: Path, train: dict[str, Any], text: str) -> None:
    with pytest.raises(SpecError) as error:
        stage.run(prepare(tmp_path, dataset, **train))
    assert text in str(error.value)


def test_shots_that_no_class_can_answer_are_refused(tmp_path: Path, dataset: Path) -> None:
    with pytest.raises(FormatError, match=r"raise data\.patterns"):
        stage.run(prepare(tmp_path, dataset, shots=[50]))


def test_images_of_another_size_are_refused(tmp_path: Path, dataset: Path) -> None:
    ctx = prepare(tmp_path, dataset)
    rows = [{**ROWS[0], "shape": [1, 20, 20]}, *ROWS[1:]]
    with pytest.raises(FormatError, match="do not fit the network"):
        stage.run(StageContext({**ctx.params, "network": rows}, ctx.inputs, ctx.out, ctx.scratch))


def test_supcon_equals_its_formula() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(7, 3))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    label = np.array([0, 0, 1, 1, 1, 2, 0])  # class 2 has one pattern: it has no positive and is left out
    terms = []
    for i in range(7):
        others = [j for j in range(7) if j != i]
        total = sum(np.exp(z[i] @ z[j] / 0.2) for j in others)
        positive = [j for j in others if label[j] == label[i]]
        if positive:
            terms.append(-np.mean([np.log(np.exp(z[i] @ z[j] / 0.2) / total) for j in positive]))
    got = supcon(torch.from_numpy(z), torch.from_numpy(label), 0.2)
    assert float(got) == pytest.approx(np.mean(terms), rel=1e-9)

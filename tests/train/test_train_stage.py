"""The stage `train`: repeats, resumes to the same bytes, refuses what does not fit."""

from __future__ import annotations

import json
import re
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


def test_another_seed_gives_another_network(tmp_path: Path, dataset: Path) -> None:
    contexts = [prepare(tmp_path / str(seed), dataset, epochs=1, seed=seed) for seed in (0, 1)]
    for ctx in contexts:
        stage.run(ctx)
    assert outputs(contexts[0])[0] != outputs(contexts[1])[0]


def test_the_triplet_loss_learns(tmp_path: Path, dataset: Path) -> None:
    ctx = prepare(tmp_path, dataset, epochs=8, loss="triplet", margin=0.02)
    stage.run(ctx)
    assert json.loads((ctx.out / "training.json").read_text())["accuracy"]["float"]["k5"]["mean"] > 0.6


def test_progress_shows_loss_accuracy_and_how_it_went(tmp_path: Path, dataset: Path) -> None:
    seen: list[tuple[float, str]] = []
    stage.run(prepare(tmp_path, dataset, lambda done, message: seen.append((done, message))))
    assert [done for done, _ in seen] == [1 / 3, 2 / 3, 1.0]
    number = r"\.\d{3}|1\.000"
    line = rf"epoch 3: loss [\d.e-]+, validation [\d.]+ \(best [\d.]+ at [123]; so far(?: (?:{number})){{3}}\)"
    assert re.fullmatch(line, seen[-1][1]), seen[-1][1]


def test_batch_normalisation_is_trained_and_folded(tmp_path: Path, dataset: Path) -> None:
    layers = [*LAYERS[:2], ("batchnorm", {}), *LAYERS[2:]]
    rows = structure(topology(layers, TensorType(unsigned(8), (1, 16, 16))))
    ctx = prepare(tmp_path, dataset)
    stage.run(StageContext({**ctx.params, "network": rows}, ctx.inputs, ctx.out, ctx.scratch))
    tensors = load_file(ctx.out / "checkpoint.safetensors")
    assert set(tensors) == {"conv2d_1.weight", "conv2d_1.bias", "dense_6.weight", "dense_6.bias", "input.frac"}
    record = json.loads((ctx.out / "training.json").read_text())
    held = sum(value.size for name, value in tensors.items() if not name.endswith(".frac"))
    assert record["parameters"] == held + 2 * 3, "scale and offset of three channels count, as papers count them"
    # The accuracy is that of what the checkpoint holds: the folded network.
    again = prepare(tmp_path / "again", dataset)
    inputs = {**again.inputs, "pretrained": ctx.out / "checkpoint.safetensors"}
    stage.run(StageContext({**again.params, "network": rows}, inputs, again.out, again.scratch))
    assert json.loads((again.out / "training.json").read_text())["accuracy"] == record["accuracy"]
    assert load_file(again.out / "checkpoint.safetensors").keys() == tensors.keys()


def test_a_network_of_other_names_and_scale(tmp_path: Path, dataset: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 3, 3), torch.nn.Flatten(), torch.nn.Linear(147, 8))
    torch.save(model.state_dict(), tmp_path / "net.pt")
    ctx = prepare(tmp_path / "run", dataset, names={"2": "dense_5"}, input_frac=1)
    stage.run(StageContext(ctx.params, {**ctx.inputs, "pretrained": tmp_path / "net.pt"}, ctx.out, ctx.scratch))
    record = json.loads((ctx.out / "training.json").read_text())
    assert record["given"]["tensors"] == {
        "conv2d_1.bias": "0.bias",
        "conv2d_1.weight": "0.weight",
        "dense_5.bias": "2.bias",
        "dense_5.weight": "2.weight",
    }
    tensors = load_file(ctx.out / "checkpoint.safetensors")
    assert tensors["input.frac"] == 1
    assert np.array_equal(tensors["conv2d_1.weight"], model[0].weight.detach().numpy())


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

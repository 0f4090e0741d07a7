"""The stage `quantize` with `method: training`: repeats, resumes to the same bytes, and keeps what it promised."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.artifacts.context import StageContext  # noqa: E402
from speckleforge.artifacts.dataset import read_dataset  # noqa: E402
from speckleforge.artifacts.fewshot import few_shot  # noqa: E402
from speckleforge.errors import DesignError, FormatError  # noqa: E402
from speckleforge.layers.execute import run_topology  # noqa: E402
from speckleforge.layers.parameters import read_parameters  # noqa: E402
from speckleforge.learning.loop import SELECTION_REPEATS  # noqa: E402
from speckleforge.quantize import stage  # noqa: E402
from speckleforge.quantize.training import check_exact  # noqa: E402
from tests.datasets import write_dataset  # noqa: E402
from tests.quantize.short import POST_TRAINING, TRAINING, network, quantise  # noqa: E402

OUTPUTS = ("quantised.safetensors", "quantisation.json")
LOW = (3, 3)


def outputs(ctx: StageContext) -> list[bytes]:
    return [(ctx.out / name).read_bytes() for name in OUTPUTS]


def integer_accuracy(ctx: StageContext, trained: StageContext, bits: tuple[int, int], split: str) -> float:
    """Of the integers in the file that the stage wrote, in the episodes that choose the epoch."""
    params = read_parameters(ctx.out / "quantised.safetensors", network(bits))
    data = read_dataset(trained.inputs["dataset"])
    rows = data.indices(split)
    values = run_topology(network(bits), stage.words_of(data, rows), params.values, until="dense_5")["dense_5"]
    found = few_shot(values, data.label[rows], data.particle[rows], 5, 0, classes=4, repeats=SELECTION_REPEATS)
    return float(found["mean"])


@pytest.fixture(scope="module")
def low(tmp_path_factory: pytest.TempPathFactory, trained: StageContext) -> StageContext:
    return quantise(tmp_path_factory.mktemp("low"), trained, TRAINING, LOW)


def killed_after_two_epochs(folder: Path, trained: StageContext) -> None:
    """In a process of its own: killed as by the kernel, without a chance to tidy up."""

    def kill(done: float, line: str) -> None:
        if line.startswith("epoch 2"):
            os.kill(os.getpid(), signal.SIGKILL)

    quantise(folder, trained, TRAINING, LOW, kill)


def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tmp_path: Path, trained: StageContext, low: StageContext
) -> None:
    given = StageContext(trained.params, trained.inputs, trained.out, trained.scratch)  # no closure to send over
    process = multiprocessing.get_context("spawn").Process(target=killed_after_two_epochs, args=(tmp_path, given))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (tmp_path / "out").rmdir()
    seen: list[str] = []
    again = quantise(tmp_path, trained, TRAINING, LOW, lambda done, line: seen.append(line))
    assert [line.split(":")[0] for line in seen if line.startswith("epoch")] == ["epoch 3"]
    assert outputs(again) == outputs(low)


def test_what_is_written_is_what_was_chosen(trained: StageContext, low: StageContext) -> None:
    """The integers in the file reach, to the digit, the validation accuracy that the best epoch was chosen for."""
    record = json.loads((low.out / "quantisation.json").read_text())
    best = max(row["validate_accuracy"] for row in record["history"])
    assert record["history"][record["best_epoch"] - 1]["validate_accuracy"] == best
    assert integer_accuracy(low, trained, LOW, "validate") == pytest.approx(best, abs=1e-6)


def test_training_regains_what_few_bits_lose(tmp_path: Path, trained: StageContext, low: StageContext) -> None:
    rounded = quantise(tmp_path, trained, POST_TRAINING, LOW)
    accuracy = json.loads((trained.out / "training.json").read_text())["accuracy"]["float"]["k5"]["mean"]
    before, after = (integer_accuracy(ctx, trained, LOW, "test") for ctx in (rounded, low))
    assert before < accuracy - 0.08
    assert after > accuracy - 0.03


def test_the_record(low: StageContext) -> None:
    record = json.loads((low.out / "quantisation.json").read_text())
    assert (record["method"], record["epochs"], record["learning_rate"], record["seed"]) == ("training", 3, 0.003, 0)
    assert [row["epoch"] for row in record["history"]] == [1, 2, 3]
    nodes = {row["node"]: row for row in record["nodes"]}
    assert list(nodes) == [node.name for node in network().nodes[1:-1]]
    for name in ("conv2d_1", "dense_5"):
        learned = nodes[name]["learned"]
        assert round(learned["frac"]) == nodes[name]["frac"]
        assert np.rint(learned["weight_frac"]).astype(int).tolist() == nodes[name]["weight_frac"]
        assert any(value != round(value) for value in learned["weight_frac"])  # they did move
    assert record["head"]["keep"] == ["single", "unknown"]


def test_too_few_validation_patterns_are_told_before_the_training(tmp_path: Path, trained: StageContext) -> None:
    small = write_dataset(tmp_path / "dataset", 16, 16, particles=2, patterns=1)
    ctx = StageContext(trained.params, {"dataset": small}, trained.out, trained.scratch)
    with pytest.raises(FormatError, match="chooses the epoch"):
        quantise(tmp_path / "q", ctx, TRAINING, LOW)


def test_a_network_that_is_not_the_integers_is_refused(trained: StageContext, low: StageContext) -> None:
    """The comparison with the reference can fail: filters in another order."""

    class Other:
        def integers(self, words: np.ndarray) -> dict[str, np.ndarray]:
            off = {**params.values, "conv2d_1.weight": params.values["conv2d_1.weight"].copy()}
            off["conv2d_1.weight"][0, 0, 1, 1] ^= 1
            return run_topology(network(LOW), words, off, until="dense_5")

    params = read_parameters(low.out / "quantised.safetensors", network(LOW))
    data = read_dataset(trained.inputs["dataset"])
    words = stage.words_of(data, stage.calibration_rows(data))
    with pytest.raises(DesignError, match="conv2d_1"):
        check_exact(Other(), network(LOW), words, params.values)  # type: ignore[arg-type]

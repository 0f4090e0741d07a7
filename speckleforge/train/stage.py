"""The stage `train`: writes `checkpoint.safetensors` and `training.json`. Takes structure and data; no precision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.artifacts.fewshot import accuracy_record, possible_shots
from speckleforge.errors import FormatError, Problem
from speckleforge.learning.loop import deterministic, fit, split_embeddings
from speckleforge.learning.network import Network, input_frac
from speckleforge.learning.settings import TrainSettings, train_settings


def _build(ctx: StageContext, data: Dataset) -> Network:
    """Build the network for the images of the data set."""
    rows = ctx.params["network"]
    expected, got = tuple(rows[0]["shape"]), data.photons.shape[1:]
    if expected != (1, *got):
        raise FormatError(
            Problem("the data set's images do not fit the network", "dataset", f"1x{got[0]}x{got[1]}", str(expected))
        )
    return Network(rows, input_frac(rows, data.photons))


def _pretrained(ctx: StageContext, network: Network) -> dict[str, Any]:
    """Take weights from a given checkpoint instead of training."""
    path = ctx.inputs["pretrained"]
    tensors = load_file(path)
    network.load(tensors, str(path.name))
    network.input_frac = int(tensors.get(f"{network.input_name}.frac", torch.tensor(float(network.input_frac))))
    return {"history": [], "best_epoch": None, "pretrained": True}


def _settings(ctx: StageContext, data: Dataset) -> tuple[TrainSettings, list[int]]:
    """The settings with the numbers of shots that the data set can answer, and those it cannot."""
    asked = train_settings(ctx.params["train"])
    known = [data.indices(split) for split in ("validate", "test")]
    possible = set(asked.shots)
    for rows in known:
        shots = possible_shots(data.label[rows], data.particle[rows], asked.shots, classes=len(ctx.params["classes"]))
        possible &= set(shots)
    if not possible:
        raise FormatError(
            Problem(
                f"too few patterns for an accuracy at {min(asked.shots)} shots",
                where="dataset",
                allowed="more patterns than shots, of every class, for every particle",
                next_step="raise data.patterns",
            )
        )
    return replace(asked, shots=tuple(sorted(possible))), sorted(set(asked.shots) - possible)


def _accuracy(network: Network, data: Dataset, classes: list[str], settings: TrainSettings) -> dict[str, Any]:
    """Accuracy on the test particles, which neither training nor the choice of the epoch has seen."""
    values, rows = split_embeddings(network, data, "test")
    by_shots, pair = accuracy_record(
        values, data.label[rows], data.particle[rows], classes, shots=settings.shots, seed=settings.seed
    )
    return {"float": by_shots, **({"single_vs_multi": pair} if pair else {})}


def run(ctx: StageContext) -> None:
    """Train the network of the spec, or evaluate a given checkpoint (input `pretrained`)."""
    data, classes = read_dataset(ctx.inputs["dataset"]), list(ctx.params["classes"])
    settings, left_out = _settings(ctx, data)
    deterministic(settings.seed)
    network = _build(ctx, data)
    if "pretrained" in ctx.inputs:
        found = _pretrained(ctx, network)
    else:
        state = fit(network, data, settings, len(classes), scratch=ctx.scratch, progress=ctx.progress)
        found = {"history": state.history, "best_epoch": state.best_epoch, "pretrained": False}
    tensors = {name: value.contiguous() for name, value in network.tensors().items()}
    parameters = sum(value.numel() for value in tensors.values())
    # The scale of the input words belongs to the trained function; everything else about precision is not known here.
    tensors[f"{network.input_name}.frac"] = torch.tensor(float(network.input_frac))
    save_file(tensors, ctx.out / "checkpoint.safetensors")
    ctx.write_json(
        "training.json",
        {
            **found,
            "accuracy": _accuracy(network, data, classes, settings),
            "parameters": parameters,
            "classes": classes,
            "shots": list(settings.shots),
            "shots_left_out": left_out,
            "seed": settings.seed,
            "torch": torch.__version__,
        },
    )

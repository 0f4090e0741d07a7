"""The stage `train`: writes the checkpoint, its record and the float network's embeddings of the test patterns.

Takes structure and data; no precision.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.artifacts.fewshot import accuracy_record, possible_shots
from speckleforge.errors import FormatError, Problem
from speckleforge.learning.folding import folded
from speckleforge.learning.loop import deterministic, fit, split_embeddings
from speckleforge.learning.network import Network, input_frac
from speckleforge.learning.settings import TrainSettings, train_settings
from speckleforge.train.given import place_given

SCALE_PATTERNS = 500
"""About so many training patterns tell the scale of the input's words."""


def _build(ctx: StageContext, data: Dataset) -> Network:
    """Build the network for the images of the data set."""
    rows = ctx.params["network"]
    expected, got = tuple(rows[0]["shape"]), data.photons.shape[1:]
    if expected != (1, *got):
        raise FormatError(
            Problem("the data set's images do not fit the network", "dataset", f"1x{got[0]}x{got[1]}", str(expected))
        )
    known = data.indices("train")  # the input's scale is learned, too: test patterns have no part in it
    network = Network(rows, input_frac(rows, data.photons[known[:: max(len(known) // SCALE_PATTERNS, 1)]]))
    network.set_constants(data.calibration)
    return network


def _trained(ctx: StageContext, network: Network, data: Dataset, settings: TrainSettings) -> tuple[Network, Any]:
    """The network as the hardware computes it, trained here or given, and how it came about."""
    if "pretrained" in ctx.inputs:
        train = ctx.params["train"]
        given = place_given(ctx.inputs["pretrained"], network, train.get("names", {}), train.get("input_frac"))
        given.network.set_constants(data.calibration)  # a pedestal is scaled as the input is
        return given.network, {"history": [], "best_epoch": None, "pretrained": True, "given": given.record}
    classes = len(ctx.params["classes"])
    state = fit(network, data, settings, classes, scratch=ctx.scratch, progress=ctx.progress)
    return folded(network), {"history": state.history, "best_epoch": state.best_epoch, "pretrained": False}


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
                next_step="raise data.patterns; of recorded data, leave out runs or particles that lack a class",
            )
        )
    return replace(asked, shots=tuple(sorted(possible))), sorted(set(asked.shots) - possible)


def _accuracy(ctx: StageContext, network: Network, data: Dataset, settings: TrainSettings) -> dict[str, Any]:
    """Accuracy on the test particles, which neither training nor the choice of the epoch has seen.

    Their embeddings are an output: the evaluation of the integers shows them in its own episodes.
    """
    values, rows = split_embeddings(network, data, "test")
    np.save(ctx.out / "embeddings.npy", values)
    classes = list(ctx.params["classes"])
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
    parameters = sum(value.numel() for value in network.parameters())
    network, found = _trained(ctx, network, data, settings)
    tensors = {name: value.contiguous() for name, value in network.tensors().items()}
    # The scale of the input words belongs to the trained function; everything else about precision is not known here.
    tensors[f"{network.input_name}.frac"] = torch.tensor(float(network.input_frac))
    save_file(tensors, ctx.out / "checkpoint.safetensors")
    ctx.write_json(
        "training.json",
        {
            **found,
            "accuracy": _accuracy(ctx, network, data, settings),
            "parameters": parameters,
            "classes": classes,
            "shots": list(settings.shots),
            "shots_left_out": left_out,
            "seed": settings.seed,
            "torch": torch.__version__,
        },
    )

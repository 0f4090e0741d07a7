"""Quantisation-aware training: goes on from the float checkpoint with the integers' arithmetic and learned scales.

Loss, augmentation, loop and choice of the epoch are those of the float training (`learning`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.fewshot import possible_shots
from speckleforge.errors import DesignError, FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.topology import Topology
from speckleforge.layers.execute import run_topology
from speckleforge.learning.loop import deterministic, fit
from speckleforge.learning.settings import TrainSettings, train_settings
from speckleforge.quantize.fake_layers import GAIN, FakeLinear
from speckleforge.quantize.fake_network import FakeNetwork
from speckleforge.quantize.floats import Tensors
from speckleforge.quantize.network import Progress, Quantised, node_record

DIGITS = 4


def _settings(values: Mapping[str, Any], data: Dataset, classes: int) -> TrainSettings:
    """The settings with the numbers of shots that the validation particles, which choose the epoch, can answer."""
    asked, rows = train_settings(values), data.indices("validate")
    shots = possible_shots(data.label[rows], data.particle[rows], asked.shots, classes=classes)
    if not shots:
        raise FormatError(
            Problem(
                f"too few validation patterns for an accuracy at {min(asked.shots)} shots, which chooses the epoch",
                where="dataset",
                allowed="more patterns than shots, of every class, for every particle",
                next_step="raise data.patterns",
            )
        )
    return replace(asked, shots=shots)


def check_exact(network: FakeNetwork, topology: Topology, words: Ints, values: Mapping[str, Ints]) -> dict[str, Ints]:
    """Integers at every node but the head, from the reference; the network that was trained has to give the same.

    Raises
    ------
    DesignError
        At the first node that differs: what was trained would not be what the hardware computes (a bug of ours).
    """
    last = [node for node in topology if node.kind != "head"][-1]
    wanted, got = run_topology(topology, words, values, until=last.name), network.integers(words)
    for name, found in got.items():
        differing = int((found != wanted[name]).sum())
        if differing:
            what = "the trained network is not the integers'"
            raise DesignError(Problem(what, name, f"{differing} of {found.size} elements differ", "none"))
    return wanted


def _learned(layer: FakeLinear) -> dict[str, Any]:
    """The real-valued fracs that training ended with, before rounding and the topology's ranges."""
    weights = np.round(layer.weight_frac.detach().double().numpy() * GAIN, DIGITS)
    return {"frac": round(float(layer.out_frac.detach()) * GAIN, DIGITS), "weight_frac": weights.tolist()}


def _records(network: FakeNetwork, topology: Topology, integers: Mapping[str, Ints], found: Quantised) -> None:
    """Fill the record of `found`, node by node."""
    for node, _, _ in topology.steps():
        if node.kind == "head":
            continue
        layer, extra = network.steps[node.name], {}
        if isinstance(layer, FakeLinear):
            extra = {**layer.quantised(found.frac[node.source]).record(), "learned": _learned(layer)}
        found.record.append(node_record(node, integers[node.name], None, found.frac[node.name]) | extra)


def train_network(
    topology: Topology,
    tensors: Tensors,
    start: Quantised,
    data: Dataset,
    *,
    values: Mapping[str, Any],
    classes: int,
    words: Ints,
    scratch: Path,
    progress: Progress,
) -> tuple[Quantised, dict[str, Any]]:
    """Train, or go on where a killed run stopped; gives the integers of the best epoch and a record.

    Parameters
    ----------
    tensors, start
        The float checkpoint, and the same quantised after training.
    values
        Of the loop: those of `train` with the epochs, learning rate and seed of `quantize`.
    words
        Calibration patterns [n, channels, rows, columns], on which the result is compared with the reference.

    Raises
    ------
    FormatError
        If the validation split has too few patterns to choose an epoch.
    DesignError
        If what was trained is not what the integers compute.
    """
    settings = _settings(values, data, classes)
    deterministic(settings.seed)
    network = FakeNetwork(topology, tensors, start)
    state = fit(network, data, settings, classes, scratch=scratch, progress=progress)
    found = network.quantised()
    _records(network, topology, check_exact(network, topology, words, found.values), found)
    return found, {
        "history": state.history,
        "best_epoch": state.best_epoch,
        **{key: values[key] for key in ("epochs", "learning_rate", "seed")},
    }

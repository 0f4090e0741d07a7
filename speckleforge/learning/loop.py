"""The training loop. Takes a network, data and settings; gives the best state. Equal inputs give equal bytes."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.fewshot import few_shot
from speckleforge.learning import checkpoints
from speckleforge.learning.losses import make_loss
from speckleforge.learning.network import Network
from speckleforge.learning.settings import TrainSettings

SELECTION_REPEATS = 5
FINAL_RATE = 0.02


def deterministic(seed: int) -> None:
    """Make torch repeat bit for bit: one thread, deterministic kernels, one seed."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    # Filling fresh memory with NaN finds reads before writes; it costs 6 % and changes no result.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.manual_seed(seed)


def _turned(words: torch.Tensor, choice: int) -> torch.Tensor:
    """One of the eight symmetries of a square (bits of `choice`: mirror rows, mirror columns, transpose if square)."""
    axes = [axis for bit, axis in ((1, 1), (2, 2)) if choice & bit]
    words = torch.flip(words, axes) if axes else words
    return words.transpose(1, 2) if choice & 4 and words.shape[1] == words.shape[2] else words


def _rate(settings: TrainSettings, done: float) -> float:
    return settings.learning_rate * (FINAL_RATE + (1 - FINAL_RATE) * (1 + cos(pi * done)) / 2)


def train_epoch(network: Network, adam: torch.optim.Adam, data: Dataset, settings: TrainSettings, epoch: int) -> float:
    """One pass over the training split; returns the mean loss. Random choices depend on (seed, epoch) alone."""
    rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(epoch,)))
    order = rng.permutation(data.indices("train"))
    loss_of = make_loss(settings.loss, settings.temperature)
    starts = range(0, max(len(order) - settings.batch, 0) + 1, settings.batch)
    losses = []
    for step, start in enumerate(starts):
        rows = order[start : start + settings.batch]
        words = torch.from_numpy(data.photons[rows])
        if settings.augment:
            words = _turned(words, int(rng.integers(8)))
        for group in adam.param_groups:
            group["lr"] = _rate(settings, (epoch + step / len(starts)) / settings.epochs)
        loss = loss_of(functional.normalize(network(words)), torch.from_numpy(data.label[rows]))
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


def split_embeddings(network: Network, data: Dataset, split: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Embeddings [n, L] of a split and the positions [n] they belong to."""
    rows = data.indices(split)
    return network.embed(data.photons[rows]), rows


def _selection_score(network: Network, data: Dataset, settings: TrainSettings, classes: int) -> float:
    values, rows = split_embeddings(network, data, "validate")
    result = few_shot(
        values,
        data.label[rows],
        data.particle[rows],
        settings.shots[len(settings.shots) // 2],
        settings.seed,
        classes=classes,
        repeats=SELECTION_REPEATS,
    )
    return float(result["mean"])


def fit(
    network: Network,
    data: Dataset,
    settings: TrainSettings,
    classes: int,
    *,
    scratch: Path,
    progress: Callable[[float, str], None],
) -> checkpoints.State:
    """Train, or go on where a killed run stopped; leaves `network` at its best epoch on the validation particles."""
    adam = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    state = checkpoints.resume(scratch, network, adam)
    for epoch in range(state.epoch, settings.epochs):
        loss = train_epoch(network, adam, data, settings, epoch)
        score = _selection_score(network, data, settings, classes)
        state.epoch = epoch + 1
        state.history.append({"epoch": epoch + 1, "loss": round(loss, 6), "validate_accuracy": round(score, 6)})
        if score > state.best_score:
            state.best_score, state.best_epoch, state.best = score, epoch + 1, network.tensors()
        checkpoints.save(scratch, state, network, adam)
        progress(state.epoch / settings.epochs, f"epoch {epoch + 1}: loss {loss:.3f}, validation {score:.3f}")
    network.load(state.best, "best epoch")
    return state

"""The training loop. Takes a network, data and settings; gives the best state. Equal inputs give equal bytes."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.fewshot import few_shot
from speckleforge.learning import checkpoints
from speckleforge.learning.augment import make_augment, random_stream
from speckleforge.learning.losses import make_loss
from speckleforge.learning.network import Network
from speckleforge.learning.settings import TrainSettings

SELECTION_REPEATS = 5
FINAL_RATE = 0.02
HISTORY = 5  # epochs whose validation accuracy the line of progress shows


EMBED = 256
"""Patterns that are read and embedded together."""
Augmentation = Callable[[torch.Tensor, np.random.Generator], torch.Tensor]


def deterministic(seed: int) -> None:
    """Make torch repeat bit for bit: one thread, deterministic kernels, one seed."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    # Filling fresh memory with NaN finds reads before writes; it costs 6 % and changes no result.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.manual_seed(seed)


def _rate(settings: TrainSettings, done: float) -> float:
    return settings.learning_rate * (FINAL_RATE + (1 - FINAL_RATE) * (1 + cos(pi * done)) / 2)


def train_epoch(
    network: nn.Module, adam: torch.optim.Optimizer, data: Dataset, settings: TrainSettings, epoch: int
) -> float:
    """One pass over the training split; returns the mean loss. Random choices depend on (seed, epoch, step) alone.

    Parameters
    ----------
    network
        Words [N, rows, columns] in, embeddings [N, L] out.
    epoch
        From 0; with the settings it fixes the order of the patterns, their augmentation and the learning rate.
    """
    order = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(epoch,)))
    rows = order.permutation(data.indices("train"))
    loss_of, augment = make_loss(settings.loss, settings.loss_keys), make_augment(settings.augment)
    starts = range(0, max(len(rows) - settings.batch, 0) + 1, settings.batch)
    losses = []
    network.train()
    for step, start in enumerate(starts):
        batch = rows[start : start + settings.batch]
        words = _augmented(augment, data, batch, random_stream(settings.seed, epoch, step))
        for group in adam.param_groups:
            group["lr"] = _rate(settings, (epoch + step / len(starts)) / settings.epochs)
        loss = loss_of(functional.normalize(network(words)), torch.from_numpy(data.label[batch]))
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        losses.append(float(loss.detach()))
    network.eval()
    return float(np.mean(losses))


def _augmented(
    augment: Augmentation, data: Dataset, batch: NDArray[np.int64], rng: np.random.Generator
) -> torch.Tensor:
    """Words of the patterns `batch`, augmented; a pedestal belongs to the pixels and does not move with the light."""
    words = torch.from_numpy(data.photons[batch])
    if "pedestal" not in data.calibration:
        return augment(words, rng)
    pedestal = torch.from_numpy(data.calibration["pedestal"].astype(np.int32))
    return augment(words.to(torch.int32) - pedestal, rng) + pedestal


def split_embeddings(network: Network, data: Dataset, split: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Embeddings [n, L] of a split and the positions [n] they belong to."""
    rows = data.indices(split)
    parts = [network.embed(data.photons[rows[start : start + EMBED]]) for start in range(0, len(rows), EMBED)]
    return np.concatenate(parts), rows


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


def _line(state: checkpoints.State) -> str:
    """One line of progress: this epoch, the best one, and validation accuracy as it went."""
    last, scores = state.history[-1], [row["validate_accuracy"] for row in state.history]
    trail = " ".join(f"{score:.3f}".lstrip("0") for score in scores[-HISTORY:])
    return (
        f"epoch {state.epoch}: loss {last['loss']:.3g}, validation {scores[-1]:.3f} "
        f"(best {state.best_score:.3f} at {state.best_epoch}; so far {trail})"
    )


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
        # Nine digits: a margin of 0.02 makes losses small.
        state.history.append({"epoch": epoch + 1, "loss": round(loss, 9), "validate_accuracy": round(score, 6)})
        if score > state.best_score:
            state.best_score, state.best_epoch, state.best = score, epoch + 1, network.state()
        checkpoints.save(scratch, state, network, adam)
        progress(state.epoch / settings.epochs, _line(state))
    network.load_state(state.best, "best epoch")
    return state

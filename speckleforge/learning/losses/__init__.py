"""Losses by name: one file each, and its line here.

A file holds `KEYS` (its own keys of `train`, a literal that the spec reads without importing it) and `make(**keys)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.learning.losses import supcon, triplet

Loss = Callable[[Tensor, Tensor], Tensor]

LOSSES: Mapping[str, Any] = {"supcon": supcon, "triplet": triplet}


def loss_keys(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The keys of `train` that belong to the loss `name`: description, bounds and default of each.

    Raises
    ------
    SpecError
        If there is no such loss.
    """
    if name not in LOSSES:
        raise SpecError(
            Problem("no such loss", "train.loss", name, ", ".join(LOSSES), did_you_mean(name, list(LOSSES)))
        )
    keys: Mapping[str, Mapping[str, Any]] = LOSSES[name].KEYS
    return keys


def make_loss(name: str, keys: Mapping[str, float]) -> Loss:
    """Return the loss `name`: takes L2-normalised embeddings [N, L] and labels [N], gives a scalar.

    Raises
    ------
    SpecError
        If there is no such loss.
    """
    own: dict[str, float] = {key: keys.get(key, about["default"]) for key, about in loss_keys(name).items()}
    loss: Loss = LOSSES[name].make(**own)
    return loss

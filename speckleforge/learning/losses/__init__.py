"""Losses by name: one file each, and its line here."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.learning.losses import supcon

Loss = Callable[[Tensor, Tensor], Tensor]

LOSSES: dict[str, Callable[[float], Loss]] = {"supcon": supcon.make}


def make_loss(name: str, temperature: float) -> Loss:
    """Return the loss `name`: takes L2-normalised embeddings [N, L] and labels [N], gives a scalar.

    Raises
    ------
    SpecError
        If there is no such loss.
    """
    if name not in LOSSES:
        raise SpecError(
            Problem("no such loss", "train.loss", name, ", ".join(LOSSES), did_you_mean(name, list(LOSSES)))
        )
    return LOSSES[name](temperature)

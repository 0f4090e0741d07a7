"""Each pattern mirrored left to right, top to bottom, both or neither."""

from __future__ import annotations

import numpy as np
import torch

from speckleforge.learning.augment._affine import Step

KEYS: dict[str, dict[str, object]] = {}


def _step(words: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    choices = torch.from_numpy(rng.integers(2, size=(2, len(words), 1, 1)).astype(bool))
    for axis, choice in zip((1, 2), choices, strict=True):
        words = torch.where(choice, words.flip(axis), words)
    return words


def make() -> Step:
    """Both axes, with equal chances."""
    return _step

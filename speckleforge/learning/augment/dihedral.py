"""One of the symmetries of a square for each batch: diffraction of randomly oriented particles knows no up or left."""

from __future__ import annotations

import numpy as np
import torch

from speckleforge.learning.augment._affine import Step

KEYS: dict[str, dict[str, object]] = {}


def turned(words: torch.Tensor, choice: int) -> torch.Tensor:
    """Words [N, rows, columns] mirrored and turned (bits of `choice`: rows, columns, transpose where square)."""
    axes = [axis for bit, axis in ((1, 1), (2, 2)) if choice & bit]
    words = torch.flip(words, axes) if axes else words
    return words.transpose(1, 2) if choice & 4 and words.shape[1] == words.shape[2] else words


def _step(words: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    return turned(words, int(rng.integers(8)))


def make() -> Step:
    """All eight for square images, four for oblong ones."""
    return _step

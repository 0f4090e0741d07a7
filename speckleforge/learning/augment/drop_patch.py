"""Blanked rectangles, as masked or missing detector area."""

from __future__ import annotations

import numpy as np
import torch

from speckleforge.learning.augment._affine import Step

KEYS = {
    "patches": {"description": "rectangles a pattern", "whole": True, "above": 0, "at_most": 64, "default": 1},
    "size": {
        "description": "largest side of one, as a share of the image's side",
        "above": 0,
        "at_most": 1,
        "default": 0.3,
    },
}


def _inside(rng: np.random.Generator, count: int, size: float, pixels: int) -> torch.Tensor:
    """Where each of `count` random intervals lies on an axis: bool [count, pixels]."""
    length = rng.uniform(0, size * pixels, size=(count, 1))
    first = rng.uniform(-length, pixels)
    centre = np.arange(pixels) + 0.5
    return torch.from_numpy((centre >= first) & (centre < first + length))


def make(patches: int, size: float) -> Step:
    """Sides are uniform up to `size` of the image's; a rectangle may reach over the rim, so that no place is spared."""

    def step(words: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        for _ in range(patches):
            rows, columns = (_inside(rng, len(words), size, pixels) for pixels in words.shape[1:])
            words = words.masked_fill(rows[:, :, None] & columns[:, None, :], 0.0)
        return words

    return step

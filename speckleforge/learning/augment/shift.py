"""Each pattern moved, as if the beam hit elsewhere: the beam centre drifts."""

from __future__ import annotations

import numpy as np

from speckleforge.learning.augment._affine import Affine, Matrices, identities

KEYS = {
    "pixels": {"description": "largest move along rows and along columns", "above": 0, "at_most": 1024, "default": 2},
}


def make(pixels: float) -> Affine:
    """Moves are uniform in -pixels..pixels, along each axis by itself; whole pixels come of the sampling."""

    def matrices(rng: np.random.Generator, count: int) -> Matrices:
        found = identities(count)
        found[:, :2, 2] = rng.uniform(-pixels, pixels, size=(count, 2))
        return found

    return Affine(matrices)

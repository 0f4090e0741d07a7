"""Each pattern turned about the centre of the image, by any angle."""

from __future__ import annotations

import numpy as np

from speckleforge.learning.augment._affine import Affine, Matrices, identities

KEYS = {
    "degrees": {"description": "largest angle, to either side", "above": 0, "at_most": 180, "default": 180},
}


def make(degrees: float) -> Affine:
    """Angles are uniform in -degrees..degrees."""

    def matrices(rng: np.random.Generator, count: int) -> Matrices:
        angle = np.deg2rad(rng.uniform(-degrees, degrees, size=count))
        found = identities(count)
        found[:, 0, 0] = found[:, 1, 1] = np.cos(angle)
        found[:, 1, 0] = np.sin(angle)
        found[:, 0, 1] = -found[:, 1, 0]
        return found

    return Affine(matrices)

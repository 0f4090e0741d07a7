"""Each pattern made larger or smaller about the centre: speckles of a smaller or larger particle."""

from __future__ import annotations

import numpy as np

from speckleforge.learning.augment._affine import Affine, Matrices, identities

KEYS = {
    "factor": {"description": "largest magnification; the least is 1/factor", "above": 1, "at_most": 4, "default": 1.1},
}


def make(factor: float) -> Affine:
    """The logarithm of the magnification is uniform. Counts per pixel stay as they are."""

    def matrices(rng: np.random.Generator, count: int) -> Matrices:
        found = identities(count)
        found[:, [0, 1], [0, 1]] = (factor ** rng.uniform(-1, 1, size=count))[:, None]
        return found

    return Affine(matrices)

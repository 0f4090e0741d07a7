"""Random streams by name. Each pattern and each particle draws from its own, so order and chunking change no byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return the generator of `key` (small non-negative integers) under `seed`."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a rotation matrix [3, 3], uniform over SO(3).

    Source: a unit quaternion from four normal deviates is uniform on the 3-sphere (Shoemake, Graphics Gems III, 1992).
    """
    w, x, y, z = (q := rng.standard_normal(4)) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def log_normal(rng: np.random.Generator, sigma: float) -> float:
    """Draw a positive factor of mean 1 whose logarithm has standard deviation `sigma`."""
    return float(np.exp(sigma * rng.standard_normal() - sigma * sigma / 2))

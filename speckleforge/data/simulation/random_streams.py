"""Random streams by name. Each pattern and each particle draws from its own, so order and chunking change no byte."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import kernels_counts
from speckleforge.data.simulation.rotations import from_normals


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return the numpy generator of `key` (small non-negative integers) under `seed`: for what is drawn once."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


class Draws:
    """The random numbers of one shot; `state` uint64 [4] goes on into the compiled loops.

    Parameters
    ----------
    seed, key
        The stream's name; the same name always gives the same numbers.
    """

    def __init__(self, seed: int, *key: int) -> None:
        words = np.random.SeedSequence(seed, spawn_key=key).generate_state(4, np.uint64)
        self.state: NDArray[np.uint64] = words.astype(np.uint64)

    def uniforms(self, count: int) -> NDArray[np.float64]:
        """`count` numbers in (0, 1]."""
        out = np.empty(count)
        kernels_counts.uniforms(self.state, out)
        return out

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in (low, high]."""
        return low + (high - low) * float(self.uniforms(1)[0])

    def normals(self, count: int) -> NDArray[np.float64]:
        """`count` standard normal deviates."""
        out = np.empty(count)
        kernels_counts.normals(self.state, out)
        return out

    def log_normal(self, sigma: float) -> float:
        """A positive factor of mean 1 whose logarithm has standard deviation `sigma`."""
        return math.exp(sigma * float(self.normals(1)[0]) - sigma * sigma / 2)

    def quaternion(self) -> NDArray[np.float64]:
        """A unit quaternion, uniform over SO(3)."""
        return from_normals(self.normals(4))

    def pulse_energy(self, modes: int) -> float:
        """Energy of a SASE pulse of `modes` independent modes, mean 1: their energies are exponential.

        Source: gamma distribution of the pulse energy (Saldin, Schneidmiller, Yurkov, Opt. Commun. 148, 383, 1998).
        """
        return -float(np.log(self.uniforms(modes)).sum()) / modes

    def choice(self, shares: NDArray[np.float64]) -> int:
        """An index, with probabilities `shares` (any sum)."""
        total = np.cumsum(shares)
        return min(int(np.searchsorted(total, self.uniform() * total[-1])), len(shares) - 1)

"""The `dataset/` artifact: patterns with labels. Takes a folder; gives arrays. Knows neither simulation nor network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem

SPLITS = ("train", "validate", "test")


@dataclass(frozen=True)
class Dataset:
    """Patterns and what they are.

    Attributes
    ----------
    photons
        uint8 or uint16 [N, rows, columns]: the words on the detector link; a read-only memory map.
    label
        int64 [N]: index into the spec's classes.
    particle
        int64 [N]: which particle was hit; -1 for none.
    split
        uint8 [N]: 0 train, 1 validate, 2 test. No particle is in two splits.
    """

    photons: NDArray[np.unsignedinteger[Any]]
    label: NDArray[np.int64]
    particle: NDArray[np.int64]
    split: NDArray[np.uint8]

    def indices(self, split: str) -> NDArray[np.int64]:
        """Positions of the patterns of `split`, ascending."""
        return np.flatnonzero(self.split == SPLITS.index(split)).astype(np.int64)


def read_dataset(folder: Path) -> Dataset:
    """Open a dataset folder; photons stay on disk.

    Raises
    ------
    FormatError
        If the arrays do not belong together.
    """
    photons = np.load(folder / "photons.npy", mmap_mode="r")
    label, particle, split = (np.load(folder / f"{name}.npy") for name in ("label", "particle", "split"))
    if photons.ndim != 3 or not len(photons) == len(label) == len(particle) == len(split):
        got = f"photons {photons.shape}, label {label.shape}, particle {particle.shape}, split {split.shape}"
        raise FormatError(
            Problem(
                "arrays of the dataset do not belong together", str(folder), got, "[N, rows, columns], [N], [N], [N]"
            )
        )
    return Dataset(photons, label, particle, split)

"""Intensity of patterns: total and rings in q. Takes words; gives photons per ring. Never sees an embedding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.episodes import Indices
from speckleforge.artifacts.fewshot import Floats
from speckleforge.verify.evaluation.patterns import chunks
from speckleforge.verify.evaluation.trial import Progress

FINE = 48
"""Rings that are summed; coarser ones are sums of whole fine rings."""
HALF = 0.5  # an empty ring counts as half a photon


@dataclass(frozen=True)
class Intensity:
    """Photons of some patterns.

    Attributes
    ----------
    rings
        float64 [n, FINE]: photons in rings of equal width in q.
    pixels
        float64 [FINE]: good pixels in each ring.
    """

    rings: Floats
    pixels: Floats

    @property
    def total(self) -> Floats:
        """Photons of each pattern [n]."""
        return np.asarray(self.rings.sum(axis=1))

    def features(self, rings: int) -> Floats:
        """[n, 1 + rings in use]: log of the total, and log of the photons per pixel in coarser rings."""
        sums = self.rings.reshape(len(self.rings), rings, -1).sum(axis=2)
        pixels = self.pixels.reshape(rings, -1).sum(axis=1)
        used = pixels > 0
        means = (sums[:, used] + HALF) / pixels[used]
        return np.asarray(np.log(np.concatenate([self.total[:, None] + HALF, means], axis=1)))


def good_pixels(data: Dataset) -> NDArray[np.bool_]:
    """[rows, columns]: pixels that the mask of the fabric, if there is one, lets through."""
    mask = data.calibration.get("mask")
    return np.ones(data.q.shape, bool) if mask is None else np.asarray(mask != 0)


def calibrated(words: NDArray[Any], calibration: Mapping[str, NDArray[Any]]) -> Floats:
    """Words after the pedestal of the fabric, if there is one: float64 [n, rows, columns]."""
    values = words.astype(np.float64)
    pedestal = calibration.get("pedestal")
    return values if pedestal is None else np.maximum(values - pedestal, 0.0)


def ring_matrix(data: Dataset) -> Floats:
    """[rows * columns, FINE]: 1 where a good pixel lies in a ring."""
    good = good_pixels(data)
    low, high = float(data.q[good].min()), float(data.q[good].max())
    width = max(high - low, 1e-12) / FINE
    ring = np.clip(((data.q - low) / width).astype(np.int64), 0, FINE - 1)
    return np.asarray(np.eye(FINE)[ring.ravel()] * good.ravel()[:, None])


def measure_intensity(data: Dataset, split: str, progress: Progress) -> tuple[Intensity, Indices]:
    """Photons per ring of all patterns of a split, and their positions."""
    rows, matrix = data.indices(split), ring_matrix(data)
    parts = [
        calibrated(words, data.calibration).reshape(len(words), -1) @ matrix
        for words in chunks(data, rows, progress, f"intensity, {split}")
    ]
    return Intensity(np.concatenate([np.zeros((0, FINE)), *parts]), matrix.sum(axis=0)), rows

"""Counts by split and class, for `dataset.json`. Takes frames and their words; gives JSON values; keeps no frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import SPLITS
from speckleforge.data.source import Frames

Counts = NDArray[np.float64]


class Tally:
    """Sums over patterns, by split and class."""

    def __init__(self, classes: tuple[str, ...], pixels: int, units: str) -> None:
        """For words of `pixels` pixels in `units`."""
        self._classes, self._pixels, self._units = classes, pixels, units
        names = ("patterns", "sum", "expected", "known", "saturated_pixels", "saturated_patterns")
        self._sums: dict[str, Counts] = {name: np.zeros((len(SPLITS), len(classes))) for name in names}
        self._fluence = [np.inf, -np.inf]
        self._range = [np.inf, -np.inf]

    def add(self, frames: Frames, words: NDArray[np.unsignedinteger[Any]], saturated: NDArray[np.int64]) -> None:
        """Count some patterns; `saturated` [n] is the number of pixels that the link changed in each."""
        sums = words.sum(axis=(1, 2), dtype=np.int64)
        known = np.isfinite(frames.expected)
        columns = {
            "patterns": np.ones(len(frames)),
            "sum": sums,
            "expected": np.where(known, frames.expected, 0.0),
            "known": known,
            "saturated_pixels": saturated,
            "saturated_patterns": saturated > 0,
        }
        for name, values in columns.items():
            np.add.at(self._sums[name], (frames.split, frames.label), values)
        _widen(self._fluence, frames.fluence)
        _widen(self._range, sums)

    def patterns(self, split: str, name: str) -> int:
        """Patterns of a class in a split."""
        return int(self._sums["patterns"][SPLITS.index(split), self._classes.index(name)])

    def splits(self) -> dict[str, dict[str, Any]]:
        """Split -> class -> counts, means and saturated fractions."""
        return {
            split: {name: self._cell(row, column) for column, name in enumerate(self._classes)}
            for row, split in enumerate(SPLITS)
        }

    def range_of_use(self) -> dict[str, Any]:
        """What the data cover: results say nothing about frames outside of it."""
        patterns = max(self._sums["patterns"].sum(), 1)
        return {
            "word_sum": _plain(self._range),
            "relative_fluence": _plain(self._fluence),
            "saturated_pixel_fraction": round(self._sums["saturated_pixels"].sum() / patterns / self._pixels, 9),
            "saturated_pattern_fraction": round(self._sums["saturated_patterns"].sum() / patterns, 6),
        }

    def _cell(self, row: int, column: int) -> dict[str, Any]:
        cell = {name: float(values[row, column]) for name, values in self._sums.items()}
        patterns, known = max(cell["patterns"], 1), cell["known"]
        return {
            "patterns": int(cell["patterns"]),
            "mean_word_sum": round(cell["sum"] / patterns, 3),
            "mean_photons": round(cell["sum"] / patterns, 3) if self._units == "photons" else None,
            "mean_expected_photons": round(cell["expected"] / known, 3) if known else None,
            "clipped_pixels": int(cell["saturated_pixels"]),
            "saturated_pixel_fraction": round(cell["saturated_pixels"] / patterns / self._pixels, 9),
            "saturated_pattern_fraction": round(cell["saturated_patterns"] / patterns, 6),
        }


def _widen(bounds: list[float], values: NDArray[Any]) -> None:
    """Widen [least, most] by the values that are known."""
    known = values[np.isfinite(values)]
    if len(known):
        bounds[:] = [min(bounds[0], float(known.min())), max(bounds[1], float(known.max()))]


def _plain(bounds: list[float]) -> dict[str, float] | None:
    """Bounds as JSON values; None where nothing was known."""
    low, high = bounds
    return {"least": round(low, 6), "most": round(high, 6)} if low <= high else None

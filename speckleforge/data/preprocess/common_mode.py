"""common_mode: what all pixels of a row, a column or a frame have in common. Takes ADU; gives ADU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array, Step, as_float

UNITS = (("ADU",), "ADU")


@dataclass(frozen=True)
class CommonMode(Step):
    """`y = x - median of the good pixels` of the same row, column or frame, float32; nothing saturates.

    The median of an even number of pixels is the mean of the middle two. It follows the baseline as long as fewer than
    half of the pixels carry signal; a row without a good pixel stays as it is.

    Attributes
    ----------
    over
        `row`, `column` or `frame`.
    good
        bool [rows, columns]: pixels that a mask before this step leaves; None for all.
    """

    over: str
    good: NDArray[np.bool_] | None = None

    def apply(self, frames: Array) -> Array:
        """ADU, float32; what a mask before this step put to 0 stays 0."""
        found = self._subtracted(as_float(frames))
        return found if self.good is None else np.where(self.good, found, np.float32(0))

    def _subtracted(self, values: Array) -> Array:
        if self.over == "frame":
            return values - self._medians(values.reshape(len(values), 1, -1), 1).reshape(-1, 1, 1)
        if self.over == "row":
            return values - self._medians(values, values.shape[1])[:, :, None]
        return values - self._medians(values.swapaxes(1, 2), values.shape[2])[:, None, :]

    def _medians(self, lines: Array, count: int) -> NDArray[np.float32]:
        """Median [n, count] of each of `count` lines [n, count, pixels]."""
        if self.good is None:
            return np.asarray(np.median(lines, axis=2), np.float32)
        good = (self.good.T if self.over == "column" else self.good).reshape(count, -1)
        medians = np.zeros((len(lines), count), np.float32)
        for line, chosen in enumerate(good):
            if chosen.any():
                medians[:, line] = np.median(lines[:, line, chosen], axis=1)
        return medians

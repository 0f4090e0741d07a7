"""mask: bad pixels to zero. Takes any units; gives the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array, Carry, Step

UNITS = (("raw ADU", "ADU", "real photons", "photons"), "same")


@dataclass(frozen=True)
class Mask(Step):
    """`y = x` where the pixel is good, else 0; nothing saturates.

    Attributes
    ----------
    good
        bool [rows, columns].
    """

    good: NDArray[np.bool_]

    def apply(self, frames: Array) -> Array:
        """The units and the type of the frames."""
        return np.where(self.good, frames, frames.dtype.type(0))

    def carry(self, values: Array, rule: Carry) -> Array:
        """A map that is summed with the frames (a pedestal) leaves out what the frames leave out."""
        return np.where(self.good, values, values.dtype.type(0)) if rule == "sum" else values

"""pedestal: the dark level off each pixel. Takes raw ADU; gives ADU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array, Step, as_float

UNITS = (("raw ADU",), "ADU")


@dataclass(frozen=True)
class Pedestal(Step):
    """`y = x - pedestal`, float32; negative values stay (the noise is symmetric), so nothing saturates.

    Attributes
    ----------
    pedestal
        float32 [rows, columns] in ADU.
    good
        bool [rows, columns]: pixels that a mask before this step leaves; None for all.
    """

    pedestal: NDArray[np.float32]
    good: NDArray[np.bool_] | None = None

    def apply(self, frames: Array) -> Array:
        """ADU, float32; what a mask before this step put to 0 stays 0."""
        found = as_float(frames) - self.pedestal
        return found if self.good is None else np.where(self.good, found, np.float32(0))

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
    """

    pedestal: NDArray[np.float32]

    def apply(self, frames: Array) -> Array:
        """ADU, float32."""
        return as_float(frames) - self.pedestal

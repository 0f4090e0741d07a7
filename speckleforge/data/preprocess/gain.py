"""gain: charge to photons. Takes ADU; gives real photons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array, Step, as_float

UNITS = (("ADU",), "real photons")


@dataclass(frozen=True)
class Gain(Step):
    """`y = x / adu_per_photon`, float32; nothing saturates.

    Attributes
    ----------
    adu_per_photon
        float32 [rows, columns] or [] (the same for all pixels), above 0.
    """

    adu_per_photon: NDArray[np.float32]

    def apply(self, frames: Array) -> Array:
        """Real photons, float32."""
        return as_float(frames) / self.adu_per_photon

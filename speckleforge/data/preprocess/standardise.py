"""standardise: each image to its own mean and spread. Takes ADU or photons; gives levels.

Upstream only: the first word of an image can be sent when its last pixel has been read. `docs/data.md` says what that
would cost in the fabric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speckleforge.data.preprocess.step import Array, Step

UNITS = (("raw ADU", "ADU", "real photons", "photons"), "levels")


@dataclass(frozen=True)
class Standardise(Step):
    """`y = round_half_even((z - low) * (2**bits - 1) / (high - low))` of `z = (x - mean) / deviation` of the image.

    Mean and standard deviation are over all pixels of the image, float64; an image without spread has z = 0. The link
    saturates at level 0 and 2**bits - 1, which is where `z` leaves [low, high].

    Attributes
    ----------
    bits
        Bits of a level.
    low, high
        Standard deviations from the mean at the lowest and the highest level.
    """

    bits: int
    low: float
    high: float

    def apply(self, frames: Array) -> Array:
        """Levels before saturation, int32."""
        values = frames.reshape(len(frames), -1).astype(np.float64)
        values -= values.mean(axis=1, keepdims=True)
        deviation = np.sqrt((values * values).mean(axis=1, keepdims=True))
        scores = values / np.where(deviation > 0, deviation, 1.0)
        levels = np.rint((scores - self.low) * ((2**self.bits - 1) / (self.high - self.low)))
        return np.asarray(levels.reshape(frames.shape), np.int32)

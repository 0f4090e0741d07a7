"""photonise: real photons to whole ones. Takes real photons; gives photons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speckleforge.data.preprocess.step import Array, Step, as_float

UNITS = (("real photons",), "photons")
MOST = 2**31 - 1


@dataclass(frozen=True)
class Photonise(Step):
    """`y = max(floor(x + 1 - threshold), 0)`: the last photon counts from `threshold` of its charge on.

    Pixel by pixel: charge that spread over two pixels is not joined. Saturates at 0 and at 2**31 - 1.

    Attributes
    ----------
    threshold
        Share of a photon, above 0, at most 1; 0.5 rounds to the nearest.
    """

    threshold: float

    def apply(self, frames: Array) -> Array:
        """Whole photons, uint32."""
        whole = np.floor(as_float(frames).astype(np.float64) + (1.0 - self.threshold))
        return np.clip(whole, 0, MOST).astype(np.uint32)

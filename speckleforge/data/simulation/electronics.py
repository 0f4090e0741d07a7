"""The detector's electronics: photons to ADU. Takes counts; gives frames as they leave the detector, and a dark run.

The chain: charge sharing between neighbours, gain and pedestal of each pixel, an offset of the frame and of each row
(common mode), readout noise, rounding, saturation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import kernels_counts
from speckleforge.data.simulation.condition import Condition, Raw
from speckleforge.data.simulation.detector import MAPS, Detector
from speckleforge.data.simulation.random_streams import Draws, stream


@dataclass(frozen=True)
class Electronics:
    """Maps of one detector.

    Attributes
    ----------
    about
        The condition's values.
    pedestal, gain
        float32 [rows, columns]: ADU without light, and ADU per photon.
    pixel_um
        Side of a pixel.
    seed
        The detector's.
    hot
        float32 [rows, columns]: mean counts without light.
    """

    about: Raw
    pedestal: NDArray[np.float32]
    gain: NDArray[np.float32]
    pixel_um: float
    seed: int
    hot: NDArray[np.float32]

    def frame(self, photons: NDArray[np.uint16], draws: Draws, out: NDArray[np.uint16]) -> None:
        """Fill `out` [rows, columns] with the ADU of a frame with these photons."""
        about, rows = self.about, photons.shape[0]
        charge = np.zeros(photons.shape, np.float32)
        kernels_counts.share(photons, self.pixel_um, about.charge_sigma_um, draws.state, charge)
        common = draws.normals(rows + 1) * about.row_common_mode_adu
        common[1:] += common[0] / max(about.row_common_mode_adu, 1e-9) * about.frame_common_mode_adu
        kernels_counts.read_out(
            charge, self.pedestal, self.gain, common[1:], about.noise_adu, draws.state, about.highest_adu, out
        )

    def dark_pedestal(self) -> NDArray[np.float32]:
        """Mean of the dark run, float32 [rows, columns]: what an experiment knows of its pedestal."""
        total = np.zeros(self.pedestal.shape, np.float64)
        photons = np.zeros(self.pedestal.shape, np.uint16)
        out = np.empty_like(photons)
        for index in range(self.about.dark_frames):
            draws = Draws(self.seed, MAPS["dark"], index)
            kernels_counts.count(self.hot.ravel(), draws.state, photons.ravel())
            self.frame(photons, draws, out)
            total += out
        return (total / self.about.dark_frames).astype(np.float32)

    def calibration(self, mask: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
        """Pedestal of the dark run, gain of each pixel (taken as known), and the mask."""
        return {"pedestal": self.dark_pedestal(), "gain": self.gain, "mask": mask}


def make_electronics(condition: Condition, detector: Detector) -> Electronics:
    """Draw the maps of the condition's detector."""
    about, rng = condition.raw, stream(condition.detector.seed, MAPS["electronics"])
    pedestal = about.pedestal_adu + about.pedestal_spread_adu * rng.standard_normal(detector.shape)
    gain = about.adu_per_photon * (1 + about.gain_spread * np.clip(rng.standard_normal(detector.shape), -4, 4))
    return Electronics(
        about,
        pedestal.astype(np.float32),
        gain.astype(np.float32),
        1e3 * detector.pixel_mm,
        condition.detector.seed,
        detector.hot.reshape(detector.shape),
    )

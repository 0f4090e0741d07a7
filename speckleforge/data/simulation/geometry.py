"""Detector geometry: where on the Ewald sphere each simulated pixel looks. Takes a condition and a grid; gives q."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.conditions import Condition

Float = NDArray[np.float32]

HC_KEV_NM = 1.239841984
"""Planck constant times speed of light in keV nm. Source: CODATA 2018 (exact)."""


@dataclass(frozen=True)
class Grid:
    """Scattering vectors of the fine pixels, in inverse nanometres, `q = 4 pi sin(theta) / lambda` convention.

    Attributes
    ----------
    qx, qy, qz
        float32 [rows * bin, columns * bin]; `qz` is the sag of the Ewald sphere (<= 0).
    step
        Distance of neighbouring fine pixels.
    bin
        Fine pixels per image pixel and axis; the image is the sum over them.
    open
        float32 [rows, columns]: 1 outside the beam stop, 0 behind it.
    """

    qx: Float
    qy: Float
    qz: Float
    step: float
    bin: int
    open: Float

    @property
    def q_max(self) -> float:
        """Largest length of any pixel's scattering vector."""
        return float(np.sqrt((self.qx**2 + self.qy**2 + self.qz**2).max()))

    def binned(self, fine: Float) -> Float:
        """Sum [..., rows * bin, columns * bin] over the pixels of each bin; the same order for any batch size."""
        total = np.zeros((*fine.shape[:-2], *self.open.shape), np.float32)
        for row in range(self.bin):
            for column in range(self.bin):
                total += fine[..., row :: self.bin, column :: self.bin]
        return total


def wavelength_nm(condition: Condition) -> float:
    """Return the photon wavelength of the condition."""
    return HC_KEV_NM / condition.photon_energy_kev


def wave_number(condition: Condition) -> float:
    """Return 2 pi / wavelength in inverse nanometres."""
    return 2 * float(np.pi) / wavelength_nm(condition)


def make_grid(condition: Condition, rows: int, columns: int, binning: int) -> Grid:
    """Build the fine grid of an image of `rows` x `columns` pixels, each the sum of `binning`^2 fine ones.

    Pixels are spaced evenly in the transverse components of q (small angles: 5 degrees at most).
    """
    longer = max(rows, columns) * binning
    edge = 2 * np.pi / condition.edge_resolution_nm
    step = 2 * edge / longer
    y = (np.arange(rows * binning) - (rows * binning - 1) / 2) * step
    x = (np.arange(columns * binning) - (columns * binning - 1) / 2) * step
    qy, qx = np.meshgrid(y, x, indexing="ij")
    k = wave_number(condition)
    qz = np.sqrt(np.maximum(k**2 - qx**2 - qy**2, 0.0)) - k
    centre = np.hypot(qx, qy).reshape(rows, binning, columns, binning).mean(axis=(1, 3))
    blind = centre < condition.beam_stop * edge
    return Grid(
        qx.astype(np.float32),
        qy.astype(np.float32),
        qz.astype(np.float32),
        float(step),
        binning,
        (~blind).astype(np.float32),
    )

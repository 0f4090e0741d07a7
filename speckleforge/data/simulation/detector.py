"""The detector of a condition: which pixels see how much, and where they look. Takes a condition and a frame shape.

Dead and hot pixels and the maps of the electronics are drawn once, from the condition's own seed: another data set of
the same condition has the same detector.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import condition as values
from speckleforge.data.simulation import kernels_waves
from speckleforge.data.simulation.random_streams import stream

Float = NDArray[np.float32]

HC_KEV_NM = 1.239841984
"""Planck constant times speed of light in keV nm. Source: CODATA 2018 (exact)."""
FARTHEST = 4.0
"""Standard deviations at which a drift of the beam is cut, so that every |q| has a bound."""
SUBPIXELS = 8
"""Points per pixel and axis at which the beam stop is tested."""
MAPS = {"pixels": 0, "electronics": 1, "dark": 2}


@dataclass(frozen=True)
class Detector:
    """A flat detector as every shot sees it.

    Attributes
    ----------
    shape
        Rows and columns.
    pixel_mm, distance_mm, wave_number
        Side of a pixel, distance from the interaction point, and 2 pi / wavelength in 1/nm.
    opening
        float32 [rows * columns]: how much of a pixel sees light, 0 to 1.
    hot
        float32 [rows * columns]: mean counts without light.
    mask
        uint8 [rows, columns]: 1 good; 0 dead, hot, or with less than half of its area open.
    """

    shape: tuple[int, int]
    pixel_mm: float
    distance_mm: float
    wave_number: float
    opening: Float
    hot: Float
    mask: NDArray[np.uint8]

    @property
    def pixels(self) -> int:
        """Rows times columns."""
        return self.shape[0] * self.shape[1]

    def look(self, centre_mm: NDArray[np.float64], q: Float, weight: Float) -> None:
        """Scattering vectors [3, pixels] (1/nm) and solid angle times polarisation [pixels] for a beam at `centre_mm`.

        `centre_mm` is (row, column) from the frame's middle.
        """
        kernels_waves.look(self.shape, self.pixel_mm, self.distance_mm, self.wave_number, centre_mm, q, weight)

    def centred(self) -> tuple[Float, Float]:
        """q [3, pixels] and weight [pixels] without drift."""
        q, weight = np.empty((3, self.pixels), np.float32), np.empty(self.pixels, np.float32)
        self.look(np.zeros(2), q, weight)
        return q, weight


def make_detector(condition: values.Condition, shape: tuple[int, int]) -> Detector:
    """Lay out the condition's detector with `shape` pixels on its longer side's extent."""
    about = condition.detector
    pixel = about.longer_side_mm / max(shape)
    opening = np.round(_modules(about, shape, pixel) * _beam_stop(about, shape, pixel), 6)
    kind = stream(about.seed, MAPS["pixels"]).random(shape)
    dead, hot = kind < about.dead_share, kind > 1 - about.hot_share
    opening[dead] = 0
    mask = (opening >= 0.5) & ~hot
    return Detector(
        shape,
        pixel,
        about.distance_mm,
        wave_number(condition),
        opening.astype(np.float32).ravel(),
        (hot * about.hot_photons).astype(np.float32).ravel(),
        mask.astype(np.uint8),
    )


def wave_number(condition: values.Condition) -> float:
    """Return 2 pi / wavelength in inverse nanometres."""
    return 2 * float(np.pi) * condition.beam.photon_energy_kev / HC_KEV_NM


def q_max(condition: values.Condition, detector: Detector) -> float:
    """Largest |q| that any pixel can have, drift included (1/nm)."""
    away = FARTHEST * (condition.detector.centre_drift_mm + condition.detector.centre_jitter_mm)
    rows, columns = detector.shape
    corner = float(np.hypot(rows * detector.pixel_mm / 2 + away, columns * detector.pixel_mm / 2 + away))
    angle = np.arctan2(corner, detector.distance_mm)
    return float(2 * detector.wave_number * np.sin(angle / 2))


def stray_light(condition: values.Condition, detector: Detector) -> Float:
    """Where background photons go, float32 [pixels] before the opening; sum 1 over what sees light."""
    about = condition.background
    q, weight = detector.centred()
    length = np.sqrt((q.astype(np.float64) ** 2).sum(axis=0))
    ring = np.exp(-0.5 * ((length - about.ring_q_per_nm) / about.ring_sigma_per_nm) ** 2)
    shares = {1 - about.halo_share - about.ring_share: np.ones_like(length)}
    total = np.zeros(detector.pixels)
    for share, shape in (
        *shares.items(),
        (about.halo_share, np.exp(-length / about.halo_q_per_nm)),
        (about.ring_share, ring),
    ):
        seen = shape * weight
        if share:
            total += share * seen / (seen * detector.opening).sum()
    return total.astype(np.float32)


def _edges(count: int, pixel_mm: float) -> NDArray[np.float64]:
    """Places of the pixels' edges from the frame's middle, in mm."""
    return np.asarray((np.arange(count + 1) - count / 2) * pixel_mm)


def _covered(edges: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Share of each pixel between two places."""
    inside = np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)
    return np.asarray(np.maximum(inside, 0) / (edges[1] - edges[0]))


def _modules(about: values.Detector, shape: tuple[int, int], pixel_mm: float) -> NDArray[np.float64]:
    """Open share of each pixel between module gaps, 0 where a module misses."""
    opening, bounds = np.ones(shape), []
    for axis, (count, modules) in enumerate(zip(shape, about.modules, strict=True)):
        edges = _edges(count, pixel_mm)
        middles = np.linspace(edges[0], edges[-1], modules + 1)
        for middle in middles[1:-1]:
            gap = 1 - _covered(edges, middle - about.module_gap_mm / 2, middle + about.module_gap_mm / 2)
            opening *= gap[:, None] if axis == 0 else gap
        bounds.append([_covered(edges, low, high) for low, high in pairwise(middles)])
    for row, column in about.missing_modules:
        opening *= 1 - bounds[0][row][:, None] * bounds[1][column]
    return opening


def _beam_stop(about: values.Detector, shape: tuple[int, int], pixel_mm: float) -> NDArray[np.float64]:
    """Open share of each pixel outside the beam stop."""
    y, x = (np.abs(_edges(count * SUBPIXELS, pixel_mm / SUBPIXELS)[:-1] + pixel_mm / SUBPIXELS / 2) for count in shape)
    outside = np.hypot(y[:, None], x) > about.beam_stop_radius_mm
    return np.asarray(outside.reshape(shape[0], SUBPIXELS, shape[1], SUBPIXELS).mean(axis=(1, 3)))

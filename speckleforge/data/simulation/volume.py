"""Fourier volumes: the amplitude of one particle on a 3-D grid. Takes a particle; gives its amplitudes.

Density -> FFT -> trilinear interpolation costs a small part of the direct sum over scatterers and agrees with it
(`tests/data/simulation/test_volume.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import kernels_waves
from speckleforge.data.simulation.particles import Particle, Scatterers
from speckleforge.errors import Problem, SpecError

Float = NDArray[np.float32]
Complex = NDArray[np.complex64]

OVERSAMPLING = 3.6
"""Side of the real-space box in particle diameters. At 3.6, interpolated amplitudes err by 1 to 2 % (root mean square);
a step of 1 more doubles the volume, which then leaves the processor's cache, for errors far below counting noise."""
FINER = 1.5
"""How much finer than its band limit the density is gridded: what folds back is below 1e-4 with the width below."""
WIDTH, REACH = 1.2, 6
"""Standard deviation and cut of the gridding Gaussian in grid steps; it is divided out after the transform."""


@dataclass(frozen=True)
class FourierVolume:
    """Amplitudes of a particle in electrons.

    Attributes
    ----------
    values
        float32 [side * side * depth * 2]: C order of (x, y, z, real or imaginary). Along z it starts at q = 0; the
        other half follows from Friedel's law.
    side, depth
        Grid points; along x and y, point `side / 2` is q = 0.
    step
        Distance of grid points in inverse nanometres.
    """

    values: Float
    side: int
    depth: int
    step: float

    def wave(self, rotation: NDArray[np.float64], q: Float, out: Float) -> None:
        """Fill `out` [2, pixels] with the amplitude at `q` [3, pixels] of the particle turned by `rotation`."""
        turn = (rotation.T / self.step).astype(np.float32)
        kernels_waves.wave(self.values, (self.side, self.depth), turn, q, out)


ROOM = 24
"""Points that the grid has at least: a scatterer reaches over several, and the loop over them checks no bounds."""
LARGEST = 480
"""Points of a grid that still fits a machine of 4 GiB: float32, with the copies that a transform makes."""


def fourier_volume(particle: Particle, q_max: float) -> FourierVolume:
    """Transform a particle to amplitudes that cover every |q| up to `q_max` (1/nm).

    Raises
    ------
    SpecError
        If the particle needs a larger grid than `LARGEST`.
    """
    box = OVERSAMPLING * particle.diameter_nm
    step = 2 * np.pi / box
    side = 2 * (int(np.ceil(q_max / step)) + 2)
    size = fast_size(max(FINER * side, ROOM))
    if size > LARGEST:
        raise SpecError(
            Problem(
                "too large for the condition's resolution",
                "data.structures",
                f"{particle.diameter_nm:.1f} nm, a grid of {size} points a side",
                f"{LARGEST} points a side",
                "choose a condition with less resolution, such as reference",
            )
        )
    spectrum: Complex = np.zeros((size, size, size // 2 + 1), np.complex64)
    for part in particle.parts:
        spectrum += _scatterers(part, size, box)
    if particle.bodies:
        spectrum += _bodies(particle, size, box)
    values = _middle(spectrum, side)
    return FourierVolume(values, side, side // 2 + 2, float(step))


def fast_size(wanted: float) -> int:
    """Round up to an even number with factors 2, 3 and 5 only, which the FFT likes."""
    size = int(np.ceil(wanted / 2)) * 2
    while True:
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 2


def _frequencies(size: int, box: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """q of the points of a half spectrum in 1/nm: along x and y, and along z."""
    unit = 2 * np.pi / box * size
    return np.asarray(np.fft.fftfreq(size) * unit), np.asarray(np.fft.rfftfreq(size) * unit)


def _length(size: int, box: float) -> Float:
    """|q| of each point of a half spectrum, in 1/nm."""
    full, half = (values.astype(np.float32) ** 2 for values in _frequencies(size, box))
    return np.asarray(np.sqrt(full[:, None, None] + full[:, None] + half))


def _scatterers(part: Scatterers, size: int, box: float) -> Complex:
    """Half spectrum of scatterers: Gaussians on a grid, transformed, with theirs replaced by the true form factor."""
    voxel = box / size
    # Source: interpolating with a triangle of width `step` multiplies the density by sinc^2(x / box); undo it before.
    weights = part.weights / (np.sinc(part.points_nm / box) ** 2).prod(axis=1)
    density = np.zeros((size, size, size), np.float32)
    kernels_waves.spread(part.points_nm / voxel + size // 2, weights, WIDTH, REACH, density)
    spectrum = np.fft.rfftn(np.fft.ifftshift(density)).astype(np.complex64)
    lengths = np.linspace(0, 3**0.5 * np.pi / voxel, 2048)
    gridding = np.exp(0.5 * (WIDTH * voxel * lengths) ** 2) / (WIDTH * (2 * np.pi) ** 0.5) ** 3
    # Beyond the band nothing is read, and the quotient would grow without bound.
    inside = lengths < np.pi / voxel
    factor = np.where(inside, part.form_factor(lengths) * gridding, 0)
    spectrum *= np.interp(_length(size, box), lengths, factor).astype(np.float32)
    return spectrum


def _bodies(particle: Particle, size: int, box: float) -> Complex:
    """Half spectrum of solid bodies: their exact amplitudes, with interpolation's window undone in real space."""
    full, half = _frequencies(size, box)
    q = np.stack(np.meshgrid(full, full, half, indexing="ij"), axis=-1)
    amplitude = np.sum([body.amplitude(q) for body in particle.bodies], axis=0)
    density = np.fft.irfftn(amplitude.astype(np.complex64), (size,) * 3, (0, 1, 2))
    window = np.sinc(np.fft.fftfreq(size)) ** 2
    density /= window[:, None, None] * window[:, None] * window
    return np.asarray(np.fft.rfftn(density.astype(np.float32)), np.complex64)


def _middle(spectrum: Complex, side: int) -> Float:
    """The points about q = 0 that slices read, as interleaved real and imaginary parts."""
    half = side // 2
    kept = np.concatenate([spectrum[-half:], spectrum[:half]])
    kept = np.concatenate([kept[:, -half:], kept[:, :half]], axis=1)[:, :, : half + 2]
    return np.ascontiguousarray(kept).view(np.float32).ravel()

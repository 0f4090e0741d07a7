# ruff: noqa: PLR0917  (compiled functions take positional arguments alone)
"""Compiled random numbers: photon counts and detector noise. Takes expected values and a state; gives whole numbers.

The generator is xoshiro256++ (Blackman and Vigna 2018), its state a uint64 [4] that each call moves on: it is part of
what a data set means, so it does not follow a library's version. No function of another file is called, for the
compiler's cache looks at one file alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from speckleforge.data.simulation.compiled import compiled

U11, U17, U19, U23, U41, U45 = (np.uint64(n) for n in (11, 17, 19, 23, 41, 45))
BRIGHT = 40.0
"""Expected photons of a pixel from which rejection is cheaper than walking from photon to photon."""


@compiled
def next_bits(state: Any) -> Any:
    """64 random bits."""
    total = state[0] + state[3]
    result = ((total << U23) | (total >> U41)) + state[0]
    shifted = state[1] << U17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << U45) | (state[3] >> U19)
    return result


@compiled
def uniform(state: Any) -> Any:
    """A number in (0, 1]."""
    return (float(next_bits(state) >> U11) + 1.0) * 2.0**-53


@compiled
def uniforms(state: Any, out: Any) -> None:
    """Fill `out` float64 [n] with numbers in (0, 1]."""
    for place in range(out.size):
        out[place] = uniform(state)


@compiled
def normals(state: Any, out: Any) -> None:
    """Fill `out` float64 [n] with standard normal deviates (Box and Muller 1958)."""
    for place in range(0, out.size, 2):
        far, turn = math.sqrt(-2.0 * math.log(uniform(state))), 2.0 * math.pi * uniform(state)
        out[place] = far * math.cos(turn)
        if place + 1 < out.size:
            out[place + 1] = far * math.sin(turn)


@compiled
def many_photons(mean: float, state: Any) -> int:
    """A Poisson number of mean 10 or more: transformed rejection, PTRS (Hoermann 1993)."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform(state) - 0.5
        v = uniform(state)
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mean + 0.43) if us > 0 else -1.0
        if us >= 0.07 and v <= squeeze:
            return int(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        log = math.log(v) + math.log(inverse) - math.log(a / (us * us) + b)
        if log <= k * math.log(mean) - mean - math.lgamma(k + 1.0):
            return int(k)


@compiled
def count(expected: Any, state: Any, out: Any) -> None:
    """Poisson counts of `expected` float32 [pixels]: fills `out` uint16, saturating at 65535.

    Photons arrive along the running sum of the expectation like clicks of a counter along time: the gaps between
    them are exponential, and what falls into one pixel is exactly a Poisson number of its mean, independent of the
    others. That costs one logarithm a photon and one subtraction a pixel.
    """
    gap = -math.log(uniform(state))
    for pixel in range(expected.size):
        mean = float(expected[pixel])
        photons = 0
        if mean > BRIGHT:
            photons = many_photons(mean, state)
        else:
            gap -= mean
            while gap <= 0.0:
                photons += 1
                gap -= math.log(uniform(state))
        out[pixel] = min(photons, 65535)


@compiled
def share(counts: Any, pixel_um: float, sigma_um: float, state: Any, charge: Any) -> None:
    """Charge in photons of each pixel: adds to `charge` float32 [rows, columns].

    Each photon lands anywhere in its pixel; its cloud, a Gaussian of `sigma_um`, spills over the edges that are near.
    """
    rows, columns = counts.shape
    edge, scale = 4.0 * sigma_um, 1.0 / (sigma_um * math.sqrt(2.0))
    part = np.empty((2, 3), np.float64)
    for row in range(rows):
        for column in range(columns):
            for _ in range(counts[row, column]):
                for axis in range(2):
                    place = pixel_um * uniform(state)
                    part[axis, 0] = 0.5 * math.erfc(place * scale) if place < edge else 0.0
                    rest = pixel_um - place
                    part[axis, 2] = 0.5 * math.erfc(rest * scale) if rest < edge else 0.0
                    part[axis, 1] = 1.0 - part[axis, 0] - part[axis, 2]
                for dy in range(3):
                    for dx in range(3):
                        y, x = row + dy - 1, column + dx - 1
                        piece = part[0, dy] * part[1, dx]
                        if piece > 0.0 and 0 <= y < rows and 0 <= x < columns:
                            charge[y, x] += np.float32(piece)


@compiled
def read_out(
    charge: Any, pedestal: Any, gain: Any, rows_adu: Any, noise_adu: float, state: Any, highest: int, out: Any
) -> None:
    """Digitise: fills `out` uint16 [rows, columns] from charge in photons, pedestal and gain maps and row offsets."""
    noise = np.empty(charge.shape[1], np.float64)
    for row in range(charge.shape[0]):
        normals(state, noise)
        for column in range(charge.shape[1]):
            level = pedestal[row, column] + rows_adu[row] + gain[row, column] * charge[row, column]
            out[row, column] = min(max(np.rint(level + noise_adu * noise[column]), 0.0), highest)

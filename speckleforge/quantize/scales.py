"""Powers of two: which fraction bits fit a value into an integer type. Pure functions on numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.fixed.types import IntType
from speckleforge.layers.parameters import FRAC_LIMIT

Fracs = NDArray[np.int64]


def largest_frac(magnitude: ArrayLike, to: IntType) -> Fracs:
    """Most fraction bits at which values up to `magnitude` round into `to`; `FRAC_LIMIT` for zero.

    Parameters
    ----------
    magnitude
        Largest absolute values, any shape, finite.
    """
    size = np.asarray(magnitude, np.float64)
    # to.max + 1/2 rounds to even, so just below it is the largest value that still rounds into the type.
    frac = np.floor(np.log2(to.max + 0.499) - np.log2(np.where(size > 0, size, 1.0)))
    return np.where(size > 0, np.clip(frac, -FRAC_LIMIT, FRAC_LIMIT), FRAC_LIMIT).astype(np.int64)


def quantised(values: ArrayLike, frac: ArrayLike, to: IntType) -> NDArray[np.int64]:
    """`saturate(round_half_even(values * 2**frac))`; `frac` broadcasts."""
    scaled = np.rint(np.ldexp(np.asarray(values, np.float64), np.asarray(frac, np.int32)))
    return np.asarray(np.clip(scaled, to.min, to.max), np.int64)


def dequantised(values: ArrayLike, frac: ArrayLike) -> NDArray[np.float64]:
    """`values * 2**-frac`."""
    return np.asarray(np.ldexp(np.asarray(values, np.float64), -np.asarray(frac, np.int32)))


def weight_fracs(weights: NDArray[np.float64], to: IntType) -> Fracs:
    """Fraction bits per output channel (first axis): of no clipping and one bit more, whichever errs less.

    With few bits, clipping the largest weight can cost less than halving the resolution of all others.
    """
    flat = weights.reshape(len(weights), -1)
    whole = largest_frac(np.abs(flat).max(axis=1), to)
    finer = np.minimum(whole + 1, FRAC_LIMIT)
    errors = [
        ((dequantised(quantised(flat, frac[:, None], to), frac[:, None]) - flat) ** 2).sum(axis=1)
        for frac in (whole, finer)
    ]
    return np.where(errors[1] < errors[0], finer, whole)


def sqnr_db(wanted: NDArray[np.float64], got: NDArray[np.float64]) -> float | None:
    """Ratio of signal to quantisation noise in decibels; None where there is no signal or no noise."""
    signal, noise = float((wanted**2).sum()), float(((wanted - got) ** 2).sum())
    if signal == 0 or noise == 0:
        return None
    return round(float(10 * np.log10(signal / noise)), 2)

"""Requantisation and saturation on numpy integers: the reference that every execution equals.

Source: docs/arithmetic.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.fixed.types import IntType

Ints = NDArray[np.int64]


def shift_right_half_even(value: ArrayLike, shift: ArrayLike) -> Ints:
    """`round_half_even(value * 2**-shift)`, exact.

    Parameters
    ----------
    value
        Integers, any shape, |value| < 2**62.
    shift
        Integers in 0..62 that broadcast against `value`.
    """
    v = np.asarray(value, dtype=np.int64)
    s = np.asarray(shift, dtype=np.int64)
    floor = v >> s
    rest = v - (floor << s)
    half = np.where(s > 0, np.int64(1) << np.maximum(s - 1, 0), 0)
    up = (rest > half) | ((rest == half) & (s > 0) & ((floor & 1) == 1))
    return np.asarray(floor + up, dtype=np.int64)


def saturate(value: ArrayLike, to: IntType) -> Ints:
    """Clamp to the range of `to`."""
    return np.clip(np.asarray(value, dtype=np.int64), to.min, to.max)


def requantise(acc: ArrayLike, shift: ArrayLike, to: IntType) -> Ints:
    """`saturate(round_half_even(acc * 2**-shift))`; `shift` broadcasts (one per output channel)."""
    return saturate(shift_right_half_even(acc, shift), to)


def exact_matmul(a: ArrayLike, b: ArrayLike, acc_bits: int) -> Ints:
    """Integer matrix product, exact, on the float64 units of the machine.

    float64 holds every integer below 2**53 and so every partial sum, in whatever order BLAS adds them.

    Parameters
    ----------
    a, b
        Integers, shapes as for `numpy.matmul`.
    acc_bits
        Bits that hold every partial sum; beyond 53 the product falls back to int64.
    """
    if acc_bits > 53:
        return np.asarray(np.matmul(np.asarray(a, np.int64), np.asarray(b, np.int64)), dtype=np.int64)
    product = np.matmul(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    return np.asarray(product, dtype=np.int64)


def check_range(value: NDArray[Any], of: IntType, where: str) -> None:
    """Raise `RangeError` naming `where` if an element of `value` does not fit `of`."""
    if value.size:
        of.check(int(value.min()), int(value.max()), where)

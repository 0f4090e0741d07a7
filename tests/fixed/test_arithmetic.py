from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import RangeError
from speckleforge.fixed.arithmetic import check_range, exact_matmul, requantise, saturate, shift_right_half_even
from speckleforge.fixed.types import IntType, signed
from tests.fixed.test_types import int_types

accumulators = st.integers(-(1 << 62) + 1, (1 << 62) - 1)


@given(st.lists(accumulators, min_size=1, max_size=20), st.integers(0, 62))
def test_shift_rounds_half_to_even_as_fractions_do(values: list[int], shift: int) -> None:
    got = shift_right_half_even(values, shift)
    assert got.tolist() == [round(Fraction(value, 1 << shift)) for value in values]


@given(st.integers(-(1 << 30), 1 << 30), st.integers(1, 30))
def test_ties_go_to_the_even_neighbour(half_steps: int, shift: int) -> None:
    tie = (2 * half_steps + 1) << (shift - 1)
    got = int(shift_right_half_even(tie, shift))
    assert got % 2 == 0
    assert abs(Fraction(tie, 1 << shift) - got) == Fraction(1, 2)


@given(st.lists(accumulators, min_size=1, max_size=20), st.integers(0, 62), int_types(32))
def test_requantise_saturates_after_rounding(values: list[int], shift: int, to: IntType) -> None:
    rounded = [round(Fraction(value, 1 << shift)) for value in values]
    assert requantise(values, shift, to).tolist() == [min(max(value, to.min), to.max) for value in rounded]
    assert saturate(rounded, to).tolist() == requantise(values, shift, to).tolist()


def test_shifts_are_per_channel() -> None:
    acc = np.array([[6, 6], [-6, -6]])
    assert requantise(acc, np.array([1, 2]), signed(8)).tolist() == [[3, 2], [-3, -2]]


@given(st.integers(1, 16), st.integers(1, 16), st.integers(0, 2**32 - 1))
def test_matrix_products_are_exact_up_to_the_largest_accumulators(bits: int, taps: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(-(1 << 23), 1 << 23, size=(3, taps))
    b = rng.integers(-(1 << (bits + 8)), 1 << (bits + 8), size=(taps, 2))
    exact = [[sum(int(x) * int(y) for x, y in zip(row, column, strict=True)) for column in b.T] for row in a]
    for acc_bits in (53, 54):
        assert exact_matmul(a, b, acc_bits).tolist() == exact


@given(int_types(40), st.integers(-(1 << 42), 1 << 42))
def test_check_range_accepts_exactly_the_range(of: IntType, value: int) -> None:
    inside = of.min <= value <= of.max
    if inside:
        check_range(np.array([value]), of, "here")
    else:
        with pytest.raises(RangeError, match="here"):
            check_range(np.array([value]), of, "here")


def test_nothing_is_in_range() -> None:
    check_range(np.zeros(0, np.int64), signed(2), "here")

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import MAX_BITS, IntType, bits_for, parse_int_type, signed, unsigned


def int_types(most: int = MAX_BITS) -> st.SearchStrategy[IntType]:
    """Every integer type up to `most` bits."""
    return st.integers(2, most).map(signed) | st.integers(1, most).map(unsigned)


@given(st.integers(0, 1 << 62))
def test_bits_for_is_the_fewest_bits(magnitude: int) -> None:
    for is_signed in (True, False):
        bits = bits_for(magnitude, is_signed=is_signed)
        high = (1 << (bits - is_signed)) - 1
        assert high >= magnitude
        fewer = bits - 1
        assert fewer < 1 + is_signed or (1 << (fewer - is_signed)) - 1 < magnitude


@given(int_types())
def test_ranges(of: IntType) -> None:
    assert of.max - of.min + 1 == 1 << of.bits
    assert (of.min < 0) == of.signed
    assert of.magnitude == max(abs(of.min), of.max)
    info = np.iinfo(of.numpy)
    assert info.min <= of.min
    assert of.max <= info.max
    assert 8 * (of.bytes - 1) < of.bits <= 8 * of.bytes


@given(int_types())
def test_text_round_trip(of: IntType) -> None:
    assert parse_int_type(str(of)) == of


@pytest.mark.parametrize("text", ["", "8", "i8", "u", "s1", "u0", "u64", "s64", "u8 ", "U8", "s08x"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(DesignError):
        parse_int_type(text)

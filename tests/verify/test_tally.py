"""A verdict cannot pass without comparisons, and names the first boundary that differs."""

from __future__ import annotations

import numpy as np
import pytest

from speckleforge.errors import MismatchError
from speckleforge.verify.tally import Tally

A, B = np.zeros((2, 3), np.int8), np.array([[0, 0, 0], [0, 5, 6]], np.int8)


def test_equal_values_pass() -> None:
    tally = Tally(("input", "last"))
    tally.compare("rtl", "input", A, A)
    tally.compare("rtl", "last", A, A)
    tally.verdict(["rtl"], ["input", "last"])
    assert tally.mismatches == 0
    assert tally.compared == {"rtl": {"input": 6, "last": 6}}


def test_nothing_compared_is_an_error() -> None:
    with pytest.raises(MismatchError, match="nothing was compared"):
        Tally(("input",)).verdict(["rtl"], [])


def test_a_missing_last_boundary_is_an_error() -> None:
    tally = Tally(("input", "last"))
    tally.compare("rtl", "input", A, A)
    with pytest.raises(MismatchError, match="the last boundary was not compared"):
        tally.verdict(["rtl"], ["input"])


def test_a_boundary_that_no_engine_showed_is_an_error() -> None:
    tally = Tally(("input", "last"))
    tally.compare("rtl", "last", A, A)
    with pytest.raises(MismatchError, match="input: boundary was not compared"):
        tally.verdict(["rtl"], ["input", "last"])


def test_the_first_boundary_in_order_is_named_with_all_counts() -> None:
    tally = Tally(("input", "last"))
    tally.compare("rtl", "last", A, B)
    tally.compare("rtl", "input", A, A)
    tally.compare("rtl", "input", A, B, [40, 41])
    tally.compare("rtl", "input", A, B, [50, 51])
    assert tally.mismatches == 6
    first = tally.first("rtl")
    assert first is not None
    assert str(first) == "input, pattern 41, feature 1: expected 0, got 5 (4 of 18 elements differ)"
    with pytest.raises(MismatchError, match="input, pattern 41, feature 1"):
        tally.verdict(["rtl"], ["input", "last"])

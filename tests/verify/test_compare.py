from __future__ import annotations

import numpy as np
import pytest

from speckleforge.errors import MismatchError
from speckleforge.verify.compare import first_difference, first_differing_node


def test_equal_arrays_of_any_type_have_no_difference() -> None:
    assert first_difference(np.ones((2, 3), np.uint8), np.ones((2, 3), np.int64), "z") is None


def test_the_first_difference_is_named() -> None:
    expected = np.zeros((3, 2, 4, 5), np.int64)
    got = expected.copy()
    got[1, 1, 2, 3], got[2, 0, 0, 0] = 7, -1
    found = first_difference(expected, got, "conv2d_1")
    assert found is not None
    assert (found.pattern, found.index, found.expected, found.got, found.count) == (1, (1, 2, 3), 0, 7, 2)
    text = "conv2d_1, pattern 1, channel 1, row 2, column 3: expected 0, got 7 (2 of 120 elements differ)"
    assert str(found) == text
    assert "rtl differs from the reference" in str(found.error("rtl"))
    assert found.index == (1, 2, 3)


def test_vectors_have_features() -> None:
    found = first_difference(np.array([[1, 2]]), np.array([[1, 3]]), "dense_1")
    assert "feature 1: expected 2, got 3" in str(found)


def test_the_first_node_in_order_wins() -> None:
    a, b = np.zeros((1, 2)), np.ones((1, 2))
    found = first_differing_node({"x": a, "y": a, "z": a}, {"z": b, "y": b}, ["x", "y", "z"])
    assert found is not None
    assert found.node == "y"
    assert first_differing_node({"x": a}, {"x": a}, ["x"]) is None


@pytest.mark.parametrize(
    ("expected", "got"), [(np.zeros((0, 3)), np.zeros((0, 3))), (np.zeros((1, 3)), np.zeros((1, 4)))]
)
def test_comparing_nothing_is_an_error(expected: np.ndarray, got: np.ndarray) -> None:
    with pytest.raises(MismatchError):
        first_difference(expected, got, "z")


def test_no_common_node_is_an_error() -> None:
    with pytest.raises(MismatchError, match="no node to compare"):
        first_differing_node({"x": np.zeros(1)}, {"y": np.zeros(1)}, ["x", "y"])

"""The layers' own rules from floats to integers: the nearest integers that their types hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.fixed.types import signed, unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class

VECTOR = TensorType(signed(8), (4,))
FRAME = TensorType(unsigned(8), (1, 2, 3))
NOTHING = np.zeros(0)


def quantised(kind: str, source: TensorType, own: dict[str, Any], frac: int = 0, weight_bits: int = 8) -> tuple:
    op = op_class(kind).from_spec({}, source, LayerContext(weight_bits, 8, False))
    values, frac_out = facet(kind, "quantise").quantise(op, source, own, frac, NOTHING)
    for spec in op.parameters(source):
        assert values[spec.name].shape == spec.shape
        assert spec.type.min <= values[spec.name].min() <= values[spec.name].max() <= spec.max
    return values, frac_out


@given(st.floats(-4, 4), st.integers(2, 16))
def test_a_slope_is_as_fine_as_it_can_be(slope: float, bits: int) -> None:
    values, frac = quantised("prelu", VECTOR, {"slope": np.array([slope])}, 5, bits)
    assert frac == 5
    got, shift = int(values["slope"][0]), int(values["shift"][0])
    limit = signed(bits)
    if limit.min <= np.rint(slope) <= limit.max:
        assert abs(got - slope * 2.0**shift) <= 0.5
        finer = np.rint(slope * 2.0 ** (shift + 1))
        most = op_class("prelu").from_spec({}, VECTOR, LayerContext(bits, 8, False)).shift_max
        assert slope == 0 or shift == most or not limit.min <= finer <= limit.max
    else:
        assert (got, shift) == (limit.max if slope > 0 else limit.min, 0)


def test_a_slope_of_zero_is_zero() -> None:
    values, _ = quantised("prelu", VECTOR, {"slope": np.zeros(1)})
    assert values["slope"][0] == 0


def test_a_mask_keeps_its_zeros() -> None:
    mask = np.array([[1, 0, 1], [0, 0, 1]], float)
    values, frac = quantised("mask", FRAME, {"mask": mask}, 3)
    assert frac == 3
    np.testing.assert_array_equal(values["mask"], mask)


@pytest.mark.parametrize("frac", [0, 2])
def test_a_pedestal_is_in_steps_of_a_word(frac: int) -> None:
    levels = np.array([[0.4, 0.6, 2.5], [3.5, 999.0, -4.0]])
    values, _ = quantised("pedestal", FRAME, {"pedestal": levels * 2.0**-frac}, frac)
    np.testing.assert_array_equal(values["pedestal"], [[0, 1, 2], [4, 255, 0]])

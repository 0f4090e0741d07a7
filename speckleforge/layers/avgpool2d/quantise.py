"""avgpool2d quantised: the output's fraction bits, and with them its shift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.fixed.types import IntType
from speckleforge.ir.types import TensorType
from speckleforge.layers.avgpool2d.op import AvgPool2d
from speckleforge.layers.parameters import FRAC_LIMIT

Floats = NDArray[np.float64]


def quantise(
    op: AvgPool2d, source: TensorType, own: Mapping[str, Floats], frac_in: int, wanted: Floats
) -> tuple[dict[str, Ints], int]:
    """Choose the output frac whose integers are nearest to the float averages in mean square, within the shift's range.

    Parameters
    ----------
    own
        Nothing: the layer has no trained values.
    frac_in
        Fraction bits of the input.
    wanted
        Float output on calibration patterns, any shape.

    Returns
    -------
    Parameter `shift` (int64 [1]), and the output's frac.
    """
    keeps = op.divisor_bits + frac_in  # shift + frac
    lowest, highest = max(keeps - op.shift_max, -FRAC_LIMIT), min(keeps, FRAC_LIMIT)
    # Where several err as little (nothing but zeros), the input's own frac is the natural one.
    frac = min(range(lowest, highest + 1), key=lambda f: (_error(wanted, f, op.out), abs(f - frac_in)))
    return {"shift": np.array([keeps - frac], np.int64)}, frac


def _error(wanted: Floats, frac: int, to: IntType) -> float:
    """Mean square of what rounding and saturation at `frac` change."""
    q = np.clip(np.rint(np.ldexp(wanted, frac)), to.min, to.max)
    return float(((np.ldexp(q, -frac) - wanted) ** 2).mean())

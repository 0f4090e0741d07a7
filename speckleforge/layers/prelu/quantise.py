"""prelu's parameters as integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.prelu.op import Prelu

Floats = NDArray[np.float64]


def quantise(
    op: Prelu, source: TensorType, own: Mapping[str, Floats], frac_in: int, wanted: Floats
) -> tuple[dict[str, Ints], int]:
    """`slope` and `shift` nearest to the float slope, as fine as they can be; the input's frac.

    A slope beyond the type's largest value saturates there.
    """
    value = float(own["slope"].reshape(-1)[0])
    shift = op.shift_max if value else 0
    while shift and not op.slopes.min <= np.rint(np.ldexp(value, shift)) <= op.slopes.max:
        shift -= 1
    slope = np.clip(np.rint(np.ldexp(value, shift)), op.slopes.min, op.slopes.max)
    return {"slope": np.array([slope], np.int64), "shift": np.array([shift], np.int64)}, frac_in

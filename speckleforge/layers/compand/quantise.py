"""compand: its thresholds are the rule's; nothing is measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.compand.op import Compand


def quantise(
    op: Compand, source: TensorType, own: Mapping[str, NDArray[np.float64]], frac_in: int, wanted: NDArray[np.float64]
) -> tuple[dict[str, Ints], int]:
    """Thresholds of the rule; levels are fractions of the range, as training saw them."""
    return {"thresholds": np.array(op.initial_thresholds(source), np.int64)}, op.bits

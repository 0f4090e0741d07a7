"""compand on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.compand.op import Compand


def run(op: Compand, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Words of any shape -> number of thresholds reached.

    Counted, not searched: the result is defined for thresholds in any order, as in the hardware's comparators.
    """
    words = np.arange(source.type.max + 1, dtype=np.int64)
    table = (words[:, None] >= params["thresholds"][None, :]).sum(axis=1)
    return np.asarray(table[x], dtype=np.int64)

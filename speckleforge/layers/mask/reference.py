"""mask on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.mask.op import Mask


def run(op: Mask, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> bad pixels zero."""
    return np.asarray(x * params["mask"], dtype=np.int64)

"""relu on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.relu.op import Relu


def run(op: Relu, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers of any shape -> `max(x, 0)`."""
    return np.asarray(np.maximum(x, 0), dtype=np.int64)

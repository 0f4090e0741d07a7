"""pedestal on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.pedestal.op import Pedestal


def run(op: Pedestal, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> `max(x - pedestal, 0)`."""
    return np.asarray(np.maximum(x - params["pedestal"], 0), dtype=np.int64)

"""flatten on integers."""

from __future__ import annotations

from collections.abc import Mapping

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.flatten.op import Flatten


def run(op: Flatten, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> [N, features]."""
    return x.reshape(x.shape[0], -1)

"""avgpool2d on integers: the definition that every execution equals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from speckleforge.fixed.arithmetic import Ints, requantise
from speckleforge.ir.types import TensorType
from speckleforge.layers.avgpool2d.op import AvgPool2d


def run(op: AvgPool2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> pooled."""
    windows = sliding_window_view(x, op.size, axis=(2, 3))[:, :, :: op.stride[0], :: op.stride[1]]
    return requantise(windows.sum(axis=(4, 5), dtype=np.int64), params["shift"], op.out)

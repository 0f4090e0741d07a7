"""maxpool2d on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.maxpool2d.op import MaxPool2d


def run(op: MaxPool2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> pooled."""
    pads = op.pads(source)
    lowest = source.type.min
    padded = np.pad(x, ((0, 0), (0, 0), (0, pads.bottom), (0, pads.right)), constant_values=lowest)
    windows = sliding_window_view(padded, op.size, axis=(2, 3))[:, :, :: op.stride[0], :: op.stride[1]]
    return np.asarray(windows.max(axis=(4, 5)), dtype=np.int64)

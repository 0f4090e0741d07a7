"""conv2d on integers: the definition that every execution equals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from speckleforge.fixed.arithmetic import Ints, exact_matmul, requantise
from speckleforge.ir.types import TensorType
from speckleforge.layers.conv2d.op import Conv2d


def accumulate(op: Conv2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """`sum(w * x) + b`: int64 [N, filters, rows, columns], before requantisation."""
    pads = op.pads(source)
    padded = np.pad(x, ((0, 0), (0, 0), (pads.top, pads.bottom), (pads.left, pads.right)))
    windows = sliding_window_view(padded, op.kernel, axis=(2, 3))[:, :, :: op.stride[0], :: op.stride[1]]
    n, _, rows, columns = windows.shape[:4]
    # One pattern at a time: the unfolded windows of a whole batch would take gigabytes.
    weight = params["weight"].reshape(op.filters, -1).T
    out = np.empty((n, op.filters, rows, columns), dtype=np.int64)
    for i in range(n):
        taps = windows[i].transpose(1, 2, 0, 3, 4).reshape(rows * columns, -1)
        out[i] = exact_matmul(taps, weight, op.acc(source).bits).T.reshape(op.filters, rows, columns)
    return out + params["bias"].reshape(1, -1, 1, 1)


def run(op: Conv2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> [N, filters, rows, columns]."""
    return requantise(accumulate(op, source, x, params), params["shift"].reshape(1, -1, 1, 1), op.out)

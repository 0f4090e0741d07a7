"""depthwise2d on integers: the definition that every execution equals."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from speckleforge.fixed.arithmetic import Ints, requantise
from speckleforge.ir.types import TensorType
from speckleforge.layers.depthwise2d.op import Depthwise2d


def accumulate(op: Depthwise2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """`sum(w * x) + b`: int64 [N, channels, rows, columns], before requantisation."""
    pads, (rows, columns) = op.pads(source), op.infer(source).shape[1:]
    padded = np.pad(x.astype(np.int64), ((0, 0), (0, 0), (pads.top, pads.bottom), (pads.left, pads.right)))
    weight, bias = params["weight"], params["bias"].reshape(1, -1, 1, 1)
    total = np.broadcast_to(bias, (len(x), op.channels, rows, columns)).astype(np.int64)
    for u, v in product(*map(range, op.kernel)):
        seen = padded[:, :, u :: op.stride[0], v :: op.stride[1]][:, :, :rows, :columns]
        total += weight[:, 0, u, v].reshape(1, -1, 1, 1) * seen
    return total


def run(op: Depthwise2d, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, channels, rows, columns] -> [N, channels, rows, columns]."""
    return requantise(accumulate(op, source, x, params), params["shift"].reshape(1, -1, 1, 1), op.out)

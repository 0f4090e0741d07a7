"""dense on integers."""

from __future__ import annotations

from collections.abc import Mapping

from speckleforge.fixed.arithmetic import Ints, exact_matmul, requantise
from speckleforge.ir.types import TensorType
from speckleforge.layers.dense.op import Dense


def accumulate(op: Dense, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """`sum(w * x) + b`: int64 [N, units], before requantisation."""
    return exact_matmul(x, params["weight"].T, op.acc(source).bits) + params["bias"]


def run(op: Dense, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers [N, features] -> [N, units]."""
    return requantise(accumulate(op, source, x, params), params["shift"], op.out)

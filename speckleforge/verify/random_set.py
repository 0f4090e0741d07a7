"""Random parameter sets: the further sets of weights that every verification loads.

Takes a topology and a seed; gives integers in range, with shifts that bring typical accumulators into the output's
range, so that neither zeros nor saturation hide a fault.
"""

from __future__ import annotations

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.fixed.types import bits_for
from speckleforge.ir.op import LinearOp, Op
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import ParamSpec, TensorType
from speckleforge.layers.prelu.op import Prelu

GOOD_PIXELS = 0.9


def random_set(topology: Topology, seed: int) -> dict[str, Ints]:
    """`<node>.<parameter>` -> int64 in the parameter's shape."""
    rng = np.random.default_rng(seed)
    found: dict[str, Ints] = {}
    for node, op, source in topology.steps():
        for spec in op.parameters(source):
            found[f"{node.name}.{spec.name}"] = _values(rng, op, source, spec)
    return found


def _values(rng: np.random.Generator, op: Op, source: TensorType, spec: ParamSpec) -> Ints:
    """One parameter."""
    if isinstance(op, LinearOp) and spec.name == "shift":
        return _shifts(rng, op, source)
    if spec.name == "shift" and hasattr(op, "divisor_bits"):  # of a sum without weights
        values = np.clip(op.divisor_bits + rng.integers(-1, 2, size=spec.shape), 0, spec.max)
        return np.asarray(values, dtype=np.int64)
    if spec.name == "shift" and isinstance(op, Prelu):  # slopes of around 1, as trained ones
        return np.clip(op.slopes.bits - 1 + rng.integers(-1, 2, size=spec.shape), 0, spec.max).astype(np.int64)
    values = rng.integers(spec.type.min, spec.max, size=spec.shape, endpoint=True)
    if spec.name == "mask":  # most pixels are good
        values = (rng.random(spec.shape) < GOOD_PIXELS).astype(np.int64)
    if spec.name == "pedestal":  # mostly below the few photons of a pattern
        values >>= rng.integers(0, spec.type.bits, size=spec.shape, endpoint=True)
    if isinstance(op, LinearOp) and spec.name == "bias":
        values //= max(1, op.fan_in(source))
    if spec.name == "thresholds":  # of compand: ascending, as a trained one
        values = np.sort(values)
    if spec.name == "threshold":  # of the head: near what decides
        values = rng.integers(0, 64, size=spec.shape)
    return np.asarray(values, dtype=np.int64)


def _shifts(rng: np.random.Generator, op: LinearOp, source: TensorType) -> Ints:
    """Shifts around the spread of an accumulator of random products; one in ten anywhere."""
    spread = int(op.fan_in(source) ** 0.5) * source.type.magnitude * op.weights.magnitude // 3
    near = bits_for(spread) - op.out.bits + rng.integers(-1, 2, size=op.fan_out())
    anywhere = rng.integers(0, op.shift_max, size=op.fan_out(), endpoint=True)
    shifts = np.where(rng.random(op.fan_out()) < 0.1, anywhere, near)
    return np.asarray(np.clip(shifts, 0, op.shift_max), dtype=np.int64)

"""dense in hardware: folding, stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.dense.op import Dense
from speckleforge.layers.rtl import check_fold, folds, requantise_stages, tree_stages

SHARED = ("sf_add_tree", "sf_fifo", "sf_memory", "sf_requantise", "sf_walk")


@dataclass(frozen=True)
class DenseKernel(Kernel):
    """`sf_dense`: features are used up as they arrive, `unroll_in` features by `unroll_out` outputs a cycle.

    The source may be an image: a flatten before it is only an order of weights.

    Attributes
    ----------
    unroll_in
        Features of one word (lanes times channels) multiplied in one cycle.
    unroll_out
        Outputs computed in one cycle.
    unroll_requantise
        Outputs requantised in one cycle, and lanes of the output; fewer than `unroll_out` only where all units are
        computed at once.
    arithmetic
        `mul`: a multiplier for each product.
    fifo
        Words of the output FIFO; at least the words of one output vector.
    """

    kind: ClassVar[str] = "dense"
    op: Dense
    unroll_in: int
    unroll_out: int
    unroll_requantise: int
    arithmetic: str
    fifo: int

    def __post_init__(self) -> None:
        check_fold("dense", "unroll_in", self.unroll_in, self.word_features)
        check_fold("dense", "unroll_out", self.unroll_out, self.op.units)
        check_fold("dense", "unroll_requantise", self.unroll_requantise, self.unroll_out)
        if self.unroll_requantise != self.unroll_out:
            problem = Problem("dense: unroll_requantise", got=str(self.unroll_requantise), allowed=str(self.unroll_out))
            raise DesignError(problem)
        if self.arithmetic != "mul":
            raise DesignError(Problem("dense: arithmetic is not known", got=self.arithmetic, allowed="mul"))
        if self.fifo < self.groups:
            raise DesignError(Problem("dense: fifo is too small", got=str(self.fifo), allowed=f"{self.groups} or more"))

    @property
    def features(self) -> int:
        """Features of a frame."""
        return self.source.channels * self.source.height * self.source.width

    @property
    def tensor(self) -> TensorType:
        """Type of the input vector."""
        return TensorType(self.source.element, (self.features,))

    @property
    def word_features(self) -> int:
        """Features in one word, those outside the image counted."""
        return self.source.lanes * self.source.channels

    @property
    def groups(self) -> int:
        """Groups of `unroll_out` outputs."""
        return -(-self.op.units // self.unroll_out)

    @property
    def parts(self) -> int:
        """Parts of `unroll_in` features in a word."""
        return -(-self.word_features // self.unroll_in)

    @cached_property
    def sink(self) -> StreamType:
        """The output vector, `unroll_requantise` features a word."""
        return StreamType(self.op.out, 1, self.unroll_requantise, self.op.units, 1)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_dense`."""
        source = self.source
        weight, bias, shift = self.op.parameters(self.tensor)
        return {
            "LANES": source.lanes,
            "CHANNELS": source.channels,
            "BITS": source.element.bits,
            "SIGNED": int(source.element.signed),
            "WIDTH": source.width,
            "HEIGHT": source.height,
            "OFFSET": source.offset,
            "UNITS": self.op.units,
            "OUT_BITS": self.op.out.bits,
            "OUT_SIGNED": int(self.op.out.signed),
            "WEIGHT_BITS": weight.type.bits,
            "BIAS_BITS": bias.type.bits,
            "SHIFT_BITS": shift.type.bits,
            "ACC_BITS": self.op.acc(self.tensor).bits,
            "UNROLL_IN": self.unroll_in,
            "UNROLL_OUT": self.unroll_out,
            "FIFO": self.fifo,
        }

    @property
    def delay(self) -> int:
        """Cycles from the last word's step to the write of the first output word."""
        shift = self.op.parameters(self.tensor)[2].type.bits
        pipeline = 5 + tree_stages(self.unroll_in) + requantise_stages(shift)
        return pipeline + (self.parts - 1) * self.groups

    @cached_property
    def timing(self) -> Timing:
        """Every word takes parts times groups cycles; the last one emits the whole vector."""
        busy = self.parts * self.groups
        steps = [Step(True, busy, 0)] * (self.source.words - 1) + [Step(True, busy, self.groups)]
        return Timing(tuple(steps), self.delay, self.fifo, self.groups)

    @property
    def interval_cycles(self) -> int:
        """Words times parts times groups."""
        return self.source.words * self.parts * self.groups


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[DenseKernel]:
    """Every folding, the widest first; the FIFO holds two vectors where a frame is shorter than the pipeline."""
    assert isinstance(op, Dense)
    for unroll_in in folds(source.lanes * source.channels):
        for unroll_out in folds(op.units):
            groups = -(-op.units // unroll_out)
            kernel = DenseKernel(op, source, unroll_in, unroll_out, unroll_out, "mul", groups)
            overlap = kernel.interval_cycles < kernel.delay + groups + 2
            yield replace(kernel, fifo=groups * 2 if overlap else groups)


KERNEL = DenseKernel

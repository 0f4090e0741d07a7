"""prelu in hardware: folding, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.prelu.op import Prelu
from speckleforge.layers.rtl import check_fold, folds, in_flight, requantise_stages

SHARED = ("sf_fifo", "sf_requantise")


@dataclass(frozen=True)
class PreluKernel(Kernel):
    """`sf_prelu`: `unroll` elements of a word (lanes times channels) a cycle.

    Attributes
    ----------
    unroll
        Elements multiplied in one cycle.
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "prelu"
    op: Prelu
    unroll: int
    fifo: int

    def __post_init__(self) -> None:
        check_fold("prelu", "unroll", self.unroll, self.elements)
        check_fold("prelu", "fifo", self.fifo, 1 << 16)

    @property
    def elements(self) -> int:
        """Elements of a word."""
        return self.source.lanes * self.source.channels

    @property
    def tensor(self) -> TensorType:
        """Type of the input."""
        return TensorType(self.source.element, (self.source.channels, self.source.height, self.source.width))

    @property
    def phases(self) -> int:
        """Cycles that one word takes."""
        return -(-self.elements // self.unroll)

    @property
    def sink(self) -> StreamType:
        """The same stream."""
        return self.source

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_prelu`."""
        slope, shift = self.op.parameters(self.tensor)
        return {
            "ELEMENTS": self.elements,
            "BITS": self.source.element.bits,
            "SLOPE_BITS": slope.type.bits,
            "SHIFT_BITS": shift.type.bits,
            "UNROLL": self.unroll,
            "FIFO": self.fifo,
        }

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: input, product, requantiser, and the phases before the last."""
        return 2 + requantise_stages(self.op.parameters(self.tensor)[1].type.bits) + self.phases - 1

    @cached_property
    def timing(self) -> Timing:
        """Every word takes `phases` cycles and gives one word."""
        return Timing((Step(True, self.phases, 1),) * self.source.words, self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Words of a frame times phases."""
        return self.source.words * self.phases


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[PreluKernel]:
    """Every folding, the widest first, with a FIFO that holds what is in flight."""
    assert isinstance(op, Prelu)
    for unroll in folds(source.lanes * source.channels):
        kernel = PreluKernel(op, source, unroll, 1)
        yield replace(kernel, fifo=in_flight(kernel.delay, kernel.phases))


KERNEL = PreluKernel

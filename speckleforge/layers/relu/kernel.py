"""relu in hardware: only for a signed input; behind a linear layer the rectifier is that layer's saturation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import unsigned
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.relu.op import Relu
from speckleforge.layers.rtl import check_fold

SHARED = ("sf_fifo",)


@dataclass(frozen=True)
class ReluKernel(Kernel):
    """`sf_relu`: one word a cycle.

    Attributes
    ----------
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "relu"
    op: Relu
    fifo: int

    def __post_init__(self) -> None:
        if not self.source.element.signed:
            raise DesignError(Problem("relu: an unsigned stream needs no kernel", got=str(self.source)))
        check_fold("relu", "fifo", self.fifo, 1 << 16)

    @cached_property
    def sink(self) -> StreamType:
        """One bit less, unsigned."""
        return replace(self.source, element=unsigned(self.source.element.bits - 1))

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_relu`."""
        elements = self.source.lanes * self.source.channels
        return {"ELEMENTS": elements, "BITS": self.source.element.bits, "FIFO": self.fifo}

    @cached_property
    def timing(self) -> Timing:
        """Every word takes one cycle and gives one word."""
        return Timing((Step(True, 1, 1),) * self.source.words, 0, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Words of a frame."""
        return self.source.words


def candidates(op: Op, source: StreamType, banks: int) -> Iterator[ReluKernel]:
    """The one way; none for an unsigned stream, which needs no kernel."""
    assert isinstance(op, Relu)
    if source.element.signed:
        yield ReluKernel(op, source, 2)


KERNEL = ReluKernel

"""relu in hardware: only for a signed input; behind a linear layer the rectifier is that layer's saturation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.layers.relu.op import Relu
from speckleforge.layers.rtl.per_word import PerWord

SHARED = ("sf_fifo",)


@dataclass(frozen=True)
class ReluKernel(PerWord):
    """`sf_relu`: one word a cycle."""

    kind: ClassVar[str] = "relu"
    op: Relu

    def __post_init__(self) -> None:
        if not self.source.element.signed:
            raise DesignError(Problem("relu: an unsigned stream needs no kernel", got=str(self.source)))
        super().__post_init__()

    @cached_property
    def sink(self) -> StreamType:
        """One bit less, unsigned."""
        return replace(self.source, element=unsigned(self.source.element.bits - 1))

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_relu`."""
        elements = self.source.lanes * self.source.channels
        return {"ELEMENTS": elements, "BITS": self.source.element.bits, "FIFO": self.fifo}

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: none."""
        return 0


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[ReluKernel]:
    """The one way; none for an unsigned stream, which needs no kernel."""
    assert isinstance(op, Relu)
    if source.element.signed:
        yield ReluKernel(op, source, 2)


KERNEL = ReluKernel

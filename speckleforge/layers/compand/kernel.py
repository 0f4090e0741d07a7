"""compand in hardware: one comparator for each threshold and lane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.layers.compand.op import Compand
from speckleforge.layers.rtl import in_flight, tree_stages
from speckleforge.layers.rtl.per_word import PerWord

SHARED = ("sf_add_tree", "sf_fifo")
LEVELS_PER_STAGE = 2


@dataclass(frozen=True)
class CompandKernel(PerWord):
    """`sf_compand`: one word a cycle."""

    kind: ClassVar[str] = "compand"
    op: Compand

    @cached_property
    def sink(self) -> StreamType:
        """Elements of the companded type."""
        return replace(self.source, element=self.op.out)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_compand`."""
        elements = self.source.lanes * self.source.channels
        return {
            "ELEMENTS": elements,
            "BITS": self.source.element.bits,
            "OUT_BITS": self.op.out.bits,
            "FIFO": self.fifo,
        }

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: input, comparators, count."""
        return 2 + tree_stages(self.op.out.max, LEVELS_PER_STAGE)


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[CompandKernel]:
    """The one way, with a FIFO that holds what is in flight."""
    assert isinstance(op, Compand)
    kernel = CompandKernel(op, source, 1)
    yield replace(kernel, fifo=in_flight(kernel.delay, 1))


KERNEL = CompandKernel

"""maxpool2d in hardware: stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.maxpool2d.op import MaxPool2d
from speckleforge.layers.rtl import check_fold, in_flight, tree_stages
from speckleforge.layers.rtl.window import WindowWalk

SHARED = ("sf_columns", "sf_fifo", "sf_max_tree", "sf_memory", "sf_walk", "sf_window")


@dataclass(frozen=True)
class MaxPool2dKernel(Kernel):
    """`sf_maxpool2d`: one word of all channels a cycle; maximum down the columns, then along the row.

    Attributes
    ----------
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "maxpool2d"
    op: MaxPool2d
    fifo: int

    def __post_init__(self) -> None:
        check_fold("maxpool2d", "fifo", self.fifo, 1 << 16)

    @cached_property
    def walk(self) -> WindowWalk:
        """How the window moves."""
        source = self.source
        tensor = TensorType(source.element, (source.channels, source.height, source.width))
        return WindowWalk(source, self.op.size, self.op.stride, self.op.pads(tensor))

    @cached_property
    def sink(self) -> StreamType:
        """Kept lanes; element type and channels unchanged."""
        return self.walk.grid.sink

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_maxpool2d`."""
        return {**self.walk.generics(), "SIGNED": int(self.source.element.signed), "FIFO": self.fifo}

    @cached_property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: line buffer, rows, columns, row maximum."""
        return 2 + tree_stages(self.op.size[0]) + tree_stages(self.op.size[1])

    @cached_property
    def timing(self) -> Timing:
        """Every step takes one cycle."""
        return Timing(self.walk.steps(1), self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Steps of a frame."""
        return self.walk.words * self.walk.rows


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[MaxPool2dKernel]:
    """The one way, with a FIFO that holds what is in flight."""
    assert isinstance(op, MaxPool2d)
    delay = 2 + tree_stages(op.size[0]) + tree_stages(op.size[1])
    yield MaxPool2dKernel(op, source, in_flight(delay, 1))


KERNEL = MaxPool2dKernel

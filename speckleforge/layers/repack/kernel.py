"""repack in hardware: a gearbox from any lanes and offset to `lanes` and offset 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.rtl import check_fold

SHARED = ("sf_fifo", "sf_walk")


@dataclass(frozen=True)
class RepackKernel(Kernel):
    """`sf_repack`: takes a word, gives the words that it completes, one a cycle.

    Attributes
    ----------
    lanes
        Lanes of the output.
    fifo
        Words of the output FIFO; at least those that one input word completes.
    """

    kind: ClassVar[str] = "repack"
    op: Op | None
    lanes: int
    fifo: int

    def __post_init__(self) -> None:
        check_fold("repack", "lanes", self.lanes, self.source.width)
        check_fold("repack", "fifo", self.fifo, 1 << 16)

    @cached_property
    def sink(self) -> StreamType:
        """The same columns, `lanes` a word."""
        return replace(self.source, lanes=self.lanes, offset=0)

    @cached_property
    def completed(self) -> tuple[int, ...]:
        """Output words that each input word of a row completes; the last one takes the rest of the row with it."""
        done, counts = 0, []
        for word in range(self.source.words_per_row):
            columns = min(self.source.column(word, self.source.lanes), self.source.width)
            last = word == self.source.words_per_row - 1
            total = self.sink.words_per_row if last else columns // self.lanes
            counts.append(total - done)
            done = total
        return tuple(counts)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_repack`."""
        return {
            "LANES": self.source.lanes,
            "COLUMN_BITS": self.source.channels * self.source.element.bits,
            "WIDTH": self.source.width,
            "HEIGHT": self.source.height,
            "OFFSET": self.source.offset,
            "OUT_LANES": self.lanes,
            "FIFO": self.fifo,
        }

    @cached_property
    def timing(self) -> Timing:
        """A word takes as many cycles as words that it completes, at least one."""
        row = tuple(Step(True, max(count, 1), count) for count in self.completed)
        return Timing(row * self.source.height, 1, self.fifo, max(self.completed))

    @property
    def interval_cycles(self) -> int:
        """Rows times cycles of a row."""
        return self.source.height * sum(max(count, 1) for count in self.completed)


def candidates(op: Op | None, source: StreamType, banks: int, family: str) -> Iterator[RepackKernel]:
    """Every number of output lanes but the source's own (where that is already aligned)."""
    for lanes in range(1, source.width + 1):
        if lanes != source.lanes or source.offset:
            kernel = RepackKernel(None, source, lanes, source.width)
            yield replace(kernel, fifo=max(kernel.completed) + 2)


KERNEL = RepackKernel

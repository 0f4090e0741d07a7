"""crossing in hardware: a stream's way from one super logic region into another, registered on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.rtl import check_fold, in_flight

SHARED = ("sf_fifo", "sf_region_register", "sf_register")
DELAY = 2  # cycles from a step to the write of its word: a register on each side
CREDIT = 2  # and back, for the place of a word that was taken


@dataclass(frozen=True)
class CrossingKernel(Kernel):
    """`sf_crossing`: the words as they are, `DELAY` cycles later, with a FIFO behind the boundary.

    Attributes
    ----------
    leaves, enters
        Numbers of the two super logic regions.
    fifo
        Words of the FIFO; with six or more it passes a word a cycle.
    """

    kind: ClassVar[str] = "crossing"
    op: Op | None
    leaves: int
    enters: int
    fifo: int

    def __post_init__(self) -> None:
        check_fold("crossing", "fifo", self.fifo, 1 << 16)
        if self.leaves == self.enters or min(self.leaves, self.enters) < 0:
            text = f"{self.leaves} to {self.enters}"
            raise DesignError(Problem("crossing: not two regions", got=text, allowed="two different ones, from 0"))

    @property
    def sink(self) -> StreamType:
        """The same stream."""
        return self.source

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_crossing`."""
        return {"BITS": self.source.word_bits, "LEAVES": self.leaves, "ENTERS": self.enters, "FIFO": self.fifo}

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word."""
        return DELAY

    @cached_property
    def timing(self) -> Timing:
        """Every word takes one cycle; the place of one that was taken is free again `CREDIT` cycles later."""
        return Timing((Step(True, 1, 1),) * self.source.words, DELAY, self.fifo, credit=CREDIT)

    @property
    def interval_cycles(self) -> int:
        """Words of a frame."""
        return self.source.words


def candidates(op: Op | None, source: StreamType, banks: int, family: str) -> Iterator[CrossingKernel]:
    """From the first region into the second, with a FIFO that never slows the stream."""
    yield CrossingKernel(None, source, 0, 1, in_flight(DELAY + CREDIT, 1))


KERNEL = CrossingKernel

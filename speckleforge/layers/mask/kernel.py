"""Bad pixels to zero in hardware: a memory beside the stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.mask.op import Mask
from speckleforge.layers.rtl import check_fold, in_flight

SHARED = ("sf_fifo", "sf_memory", "sf_pixels")
DELAY = 1


@dataclass(frozen=True)
class MaskKernel(Kernel):
    """`sf_mask`: one word a cycle.

    Attributes
    ----------
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "mask"
    op: Mask
    fifo: int

    def __post_init__(self) -> None:
        check_fold("mask", "fifo", self.fifo, 1 << 16)

    @property
    def sink(self) -> StreamType:
        """The same stream."""
        return self.source

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_mask`."""
        source = self.source
        return {
            "LANES": source.lanes,
            "CHANNELS": source.channels,
            "BITS": source.element.bits,
            "WIDTH": source.width,
            "HEIGHT": source.height,
            "OFFSET": source.offset,
            "FIFO": self.fifo,
        }

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: the mask is read."""
        return DELAY

    @cached_property
    def timing(self) -> Timing:
        """Every word takes one cycle and gives one word."""
        return Timing((Step(True, 1, 1),) * self.source.words, self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Words of a frame."""
        return self.source.words


def candidates(op: Op, source: StreamType, banks: int) -> Iterator[MaskKernel]:
    """The one way, with a FIFO that holds what is in flight."""
    assert isinstance(op, Mask)
    yield MaskKernel(op, source, in_flight(DELAY, 1))


KERNEL = MaskKernel

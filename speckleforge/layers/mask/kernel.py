"""Bad pixels to zero in hardware: a memory beside the stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.layers.mask.op import Mask
from speckleforge.layers.rtl import in_flight
from speckleforge.layers.rtl.per_word import PerPixel

SHARED = ("sf_fifo", "sf_memory", "sf_pixels")
DELAY = 1


@dataclass(frozen=True)
class MaskKernel(PerPixel):
    """`sf_mask`: one word a cycle."""

    kind: ClassVar[str] = "mask"
    op: Mask

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: the mask is read."""
        return DELAY


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[MaskKernel]:
    """The one way, with a FIFO that holds what is in flight."""
    assert isinstance(op, Mask)
    yield MaskKernel(op, source, in_flight(DELAY, 1))


KERNEL = MaskKernel

"""The dark level off each pixel in hardware: a memory beside the stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.layers.pedestal.op import Pedestal
from speckleforge.layers.rtl import in_flight
from speckleforge.layers.rtl.per_word import PerPixel

SHARED = ("sf_fifo", "sf_memory", "sf_pixels")
DELAY = 2


@dataclass(frozen=True)
class PedestalKernel(PerPixel):
    """`sf_pedestal`: one word a cycle."""

    kind: ClassVar[str] = "pedestal"
    op: Pedestal

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: the pedestal is read, then subtracted."""
        return DELAY


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[PedestalKernel]:
    """The one way, with a FIFO that holds what is in flight."""
    assert isinstance(op, Pedestal)
    yield PedestalKernel(op, source, in_flight(DELAY, 1))


KERNEL = PedestalKernel

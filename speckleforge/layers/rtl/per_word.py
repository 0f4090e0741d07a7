"""Kernels that take one word and give one word every cycle: what compand, relu, mask and pedestal have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.rtl import check_fold


@dataclass(frozen=True)
class PerWord(Kernel):
    """One word a cycle.

    Attributes
    ----------
    fifo
        Words of the output FIFO.
    """

    fifo: int

    def __post_init__(self) -> None:
        check_fold(self.kind, "fifo", self.fifo, 1 << 16)

    @property
    @abstractmethod
    def delay(self) -> int:
        """Cycles from a step to the write of its word."""

    @cached_property
    def timing(self) -> Timing:
        """Every word takes one cycle and gives one word."""
        return Timing((Step(True, 1, 1),) * self.source.words, self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Words of a frame."""
        return self.source.words


@dataclass(frozen=True)
class PerPixel(PerWord):
    """One word a cycle beside a memory with a value for each pixel (`sf_pixels`); the stream's type stays."""

    @property
    def sink(self) -> StreamType:
        """The same stream."""
        return self.source

    def generics(self) -> dict[str, int]:
        """Parameters of the module: the stream's, where its pixels begin, and the FIFO."""
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

"""What every hardware kernel offers. A layer's `kernel.py` derives from `Kernel`; its fields are the folding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import ClassVar

from speckleforge.ir.op import FieldValue, Op
from speckleforge.ir.stream import StreamType


@dataclass(frozen=True)
class Kernel(ABC):
    """One hardware block `sf_<kind>` between two streams.

    Attributes
    ----------
    op
        The operator that it computes; None for an adapter.
    source
        Type of its input stream.
    """

    kind: ClassVar[str]
    op: Op | None
    source: StreamType

    @property
    @abstractmethod
    def sink(self) -> StreamType:
        """Type of its output stream (offset < lanes, words without a column dropped)."""

    @abstractmethod
    def generics(self) -> dict[str, int]:
        """Parameters of the SystemVerilog module by name, but for BANKS, which the design gives."""

    @property
    @abstractmethod
    def interval_cycles(self) -> int:
        """Cycles for which one frame keeps the block busy: the frame interval is the largest of all blocks."""

    @property
    def refill_cycles(self) -> int:
        """Cycles for which a frame waits where its weights are not yet those that the block computes with; 0: never."""
        return 0

    def folding(self) -> dict[str, FieldValue]:
        """The folding decisions: all fields but `op` and `source`."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("op", "source")}


# A layer's `kernel.py` offers, besides `KERNEL` (its class):
#   candidates(op, source, banks, family) -> Iterator[Kernel]   every sensible folding for that input stream
#   fuse(kernel, after) -> Kernel | None       optional: the kernel with the operator `after` computed inside, if it can
# and its `cost.py`:
#   cost(kernel, family, banks) -> Resources             predicted; family is `ecp5` or `ultrascale`

"""avgpool2d in hardware: two forms, folding of the requantiser, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import Pads, StreamType
from speckleforge.ir.timing import Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.avgpool2d.op import AvgPool2d
from speckleforge.layers.avgpool2d.walk import RunningWalk
from speckleforge.layers.rtl import check_fold, folds, in_flight, requantise_stages, tree_stages
from speckleforge.layers.rtl.window import WindowWalk

SHARED = (
    "sf_add_tree", "sf_columns", "sf_fifo", "sf_memory", "sf_requantise", "sf_running_sums", "sf_sliding_sums",
    "sf_walk", "sf_window",
)  # fmt: skip


@dataclass(frozen=True)
class AvgPool2dKernel(Kernel):
    """`sf_avgpool2d`: windows that do not overlap are running sums without a line buffer; others a sliding window.

    Attributes
    ----------
    unroll
        Sums (kept lanes times channels) requantised in one cycle.
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "avgpool2d"
    op: AvgPool2d
    unroll: int
    fifo: int

    def __post_init__(self) -> None:
        check_fold("avgpool2d", "unroll", self.unroll, self.sums)
        check_fold("avgpool2d", "fifo", self.fifo, 1 << 16)

    @property
    def running(self) -> bool:
        """True where no two windows share an element."""
        return all(step >= size for step, size in zip(self.op.stride, self.op.size, strict=True))

    @cached_property
    def tensor(self) -> TensorType:
        """Type of the input image."""
        return TensorType(self.source.element, (self.source.channels, self.source.height, self.source.width))

    @cached_property
    def walk(self) -> RunningWalk | WindowWalk:
        """Which words it emits at."""
        if self.running:
            return RunningWalk(self.source, self.op.size, self.op.stride)
        return WindowWalk(self.source, self.op.size, self.op.stride, Pads())

    @cached_property
    def sink(self) -> StreamType:
        """Kept lanes; channels unchanged."""
        walk = self.walk
        return replace(walk.sink if isinstance(walk, RunningWalk) else walk.grid.sink, element=self.op.out)

    @property
    def sums(self) -> int:
        """Sums in one output word."""
        return self.sink.lanes * self.sink.channels

    @property
    def phases(self) -> int:
        """Cycles that the sums of one word take in the requantiser."""
        return -(-self.sums // self.unroll)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_avgpool2d`."""
        walk = {name: value for name, value in self.walk.generics().items() if not name.startswith("PAD")}
        return {
            "COLUMN_STEP": 1,
            "SPAN": 1,
            **walk,
            "RUNNING": int(self.running),
            "SIGNED": int(self.source.element.signed),
            "ACC_BITS": self.acc_bits,
            "SHIFT_BITS": self.shift_bits,
            "OUT_BITS": self.op.out.bits,
            "UNROLL": self.unroll,
            "FIFO": self.fifo,
        }

    @property
    def acc_bits(self) -> int:
        """Bits of a sum; the requantiser's are more than those of its output."""
        return max(self.op.acc(self.tensor).bits, self.op.out.bits + 1)

    @property
    def shift_bits(self) -> int:
        """Bits of the shift."""
        return self.op.parameters(self.tensor)[0].type.bits

    @cached_property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: word, sums, choice of sums, requantiser, its phases."""
        walk = self.walk
        if isinstance(walk, RunningWalk):
            trees = tree_stages(walk.span)
        else:
            trees = tree_stages(self.op.size[0]) + tree_stages(self.op.size[1])
        return 2 + trees + requantise_stages(self.shift_bits) + (self.phases if self.phases > 1 else 0)

    @cached_property
    def timing(self) -> Timing:
        """A word that closes windows takes `phases` cycles; any other one takes one."""
        return Timing(self.walk.steps(self.phases), self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Words, and the further cycles of those that close windows."""
        return self.source.words + self.sink.words * (self.phases - 1)


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[AvgPool2dKernel]:
    """Every folding of the requantiser, the widest first, with a FIFO that holds what is in flight."""
    assert isinstance(op, AvgPool2d)
    for unroll in folds(AvgPool2dKernel(op, source, 1, 1).sums):
        kernel = AvgPool2dKernel(op, source, unroll, 1)
        yield replace(kernel, fifo=in_flight(kernel.delay, kernel.phases))


KERNEL = AvgPool2dKernel

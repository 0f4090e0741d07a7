"""conv2d in hardware: folding, stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.conv2d.op import Conv2d
from speckleforge.layers.rtl import check_fold, folds, in_flight, requantise_stages, tree_stages
from speckleforge.layers.rtl.window import WindowWalk

SHARED = ("sf_add_tree", "sf_columns", "sf_dots_mul", "sf_fifo", "sf_memory", "sf_requantise", "sf_walk", "sf_window")
NO_POOL = (1, 1)


@dataclass(frozen=True)
class Conv2dKernel(Kernel):
    """`sf_conv2d`: all kept lanes of a window, `unroll_out` channels by `unroll_taps` taps a cycle.

    Attributes
    ----------
    unroll_out
        Output channels computed in one cycle.
    unroll_taps
        Taps, in the order (input channel, row, column), multiplied in one cycle for each of them.
    arithmetic
        How a dot product is made: `mul` (multipliers).
    group
        Weights that one table holds; 1: none.
    pool, pool_ceil
        (rows, columns) of a max-pool computed inside, and whether it keeps the last, incomplete window; (1, 1): none.
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "conv2d"
    op: Conv2d
    unroll_out: int
    unroll_taps: int
    arithmetic: str
    group: int
    pool: tuple[int, int]
    pool_ceil: bool
    fifo: int

    def __post_init__(self) -> None:
        check_fold("conv2d", "unroll_out", self.unroll_out, self.op.filters)
        check_fold("conv2d", "unroll_taps", self.unroll_taps, self.taps)
        check_fold("conv2d", "fifo", self.fifo, 1 << 16)
        given = (self.arithmetic, self.group, self.pool, self.pool_ceil)
        if given != ("mul", 1, NO_POOL, False):
            text = ", ".join(map(str, given))
            raise DesignError(Problem("conv2d: arithmetic or pool", got=text, allowed="mul, group 1, no pool"))

    @cached_property
    def tensor(self) -> TensorType:
        """Type of the input image."""
        return TensorType(self.source.element, (self.source.channels, self.source.height, self.source.width))

    @cached_property
    def walk(self) -> WindowWalk:
        """How the window moves."""
        return WindowWalk(self.source, self.op.kernel, self.op.stride, self.op.pads(self.tensor))

    @property
    def taps(self) -> int:
        """Products in one accumulator."""
        return self.source.channels * self.op.kernel[0] * self.op.kernel[1]

    @property
    def phases(self) -> int:
        """Cycles that one window takes."""
        return -(-self.taps // self.unroll_taps) * -(-self.op.filters // self.unroll_out)

    @cached_property
    def sink(self) -> StreamType:
        """Kept lanes of all output channels."""
        return replace(self.walk.grid.sink, element=self.op.out, channels=self.op.filters)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_conv2d`."""
        weight, bias, shift = self.op.parameters(self.tensor)
        return {
            **self.walk.generics(),
            "SIGNED": int(self.source.element.signed),
            "OUT_CHANNELS": self.op.filters,
            "OUT_BITS": self.op.out.bits,
            "OUT_SIGNED": int(self.op.out.signed),
            "WEIGHT_BITS": weight.type.bits,
            "BIAS_BITS": bias.type.bits,
            "SHIFT_BITS": shift.type.bits,
            "ACC_BITS": self.op.acc(self.tensor).bits,
            "UNROLL_OUT": self.unroll_out,
            "UNROLL_TAPS": self.unroll_taps,
            "FIFO": self.fifo,
        }

    @property
    def delay(self) -> int:
        """Cycles from a step to the write of its word."""
        shift = self.op.parameters(self.tensor)[2].type.bits
        return 5 + tree_stages(self.unroll_taps) + requantise_stages(shift) + self.phases - 1

    @cached_property
    def timing(self) -> Timing:
        """A window that emits takes `phases` cycles; any other step takes one."""
        return Timing(self.walk.steps(self.phases), self.delay, self.fifo)

    @property
    def interval_cycles(self) -> int:
        """Emitting windows times phases, and one cycle for every other word."""
        walk = self.walk
        steps, windows = walk.words * walk.rows, self.sink.words
        return steps + windows * (self.phases - 1)


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[Conv2dKernel]:
    """Every folding, the widest first, with a FIFO that holds what is in flight."""
    assert isinstance(op, Conv2d)
    taps = source.channels * op.kernel[0] * op.kernel[1]
    for unroll_out in folds(op.filters):
        for unroll_taps in folds(taps):
            kernel = Conv2dKernel(op, source, unroll_out, unroll_taps, "mul", 1, NO_POOL, False, 1)
            yield replace(kernel, fifo=in_flight(kernel.delay, kernel.phases))


KERNEL = Conv2dKernel

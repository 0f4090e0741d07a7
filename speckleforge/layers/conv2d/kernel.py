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
from speckleforge.layers.maxpool2d.op import MaxPool2d
from speckleforge.layers.rtl import check_fold, folds, in_flight, requantise_stages
from speckleforge.layers.rtl.arithmetic import dots_stages, fill_cycles
from speckleforge.layers.rtl.choice import ARITHMETIC, Choice
from speckleforge.layers.rtl.pooled import NO_POOL, PooledWalk
from speckleforge.layers.rtl.window import WindowWalk

SHARED = (
    "sf_add_tree", "sf_columns", "sf_delay", "sf_dots_da", "sf_dots_dsp2", "sf_dots_mul", "sf_dsp_pair", "sf_fifo",
    "sf_filter_load", "sf_gather", "sf_look_up", "sf_max_tree", "sf_memory", "sf_phases", "sf_pool_sums",
    "sf_pool_walk", "sf_refill", "sf_requantise", "sf_subset_sums", "sf_walk", "sf_window",
)  # fmt: skip
MODELS = ("DSP48E2",)


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
        How a dot product is made: `mul` (multipliers), `da` (tables of subset sums, looked up for every bit-plane),
        `dsp2` (two products in a DSP48E2). The last two compute everything at once.
    group
        Weights that one table holds (`da`); 1: none.
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
        self.choice.check("conv2d", self.arithmetic, self.group)
        if not self.pooled.possible:
            raise DesignError(Problem("conv2d: pool does not fit the words", got=str(self.pool), allowed="1, 1"))

    @property
    def choice(self) -> Choice:
        """What it computes in a cycle."""
        bits = max(self.source.element.bits, self.op.weights.bits)
        return Choice(self.phases, self.walk.grid.kept_lanes, bits)

    @cached_property
    def tensor(self) -> TensorType:
        """Type of the input image."""
        return TensorType(self.source.element, (self.source.channels, self.source.height, self.source.width))

    @cached_property
    def walk(self) -> WindowWalk:
        """How the window moves."""
        return WindowWalk(self.source, self.op.kernel, self.op.stride, self.op.pads(self.tensor))

    @property
    def groups(self) -> int:
        """Groups of output channels that are computed one after the other."""
        return -(-self.op.filters // self.unroll_out)

    @property
    def windows(self) -> StreamType:
        """Stream of windows, before a pool."""
        return self.walk.grid.sink

    @property
    def bias_last(self) -> bool:
        """True where the bias is added behind the pool, once for its largest sum."""
        return self.pool != NO_POOL and self.unroll_taps >= self.taps

    @cached_property
    def pooled(self) -> PooledWalk:
        """The walk with its pools."""
        return PooledWalk(self.walk, self.pool, self.pool_ceil)

    @property
    def taps(self) -> int:
        """Products in one accumulator."""
        return self.source.channels * self.op.kernel[0] * self.op.kernel[1]

    @property
    def phases(self) -> int:
        """Cycles that one window takes."""
        return -(-self.taps // self.unroll_taps) * self.groups

    @cached_property
    def sink(self) -> StreamType:
        """Kept lanes of all output channels; of pools, where one is inside."""
        return replace(self.pooled.sink, element=self.op.out, channels=self.op.filters)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_conv2d`."""
        weight, bias, shift = self.op.parameters(self.tensor)
        return {
            **self.pooled.generics(),
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
            "ARITHMETIC": ARITHMETIC.index(self.arithmetic),
            "TABLE": self.group,
            "DOTS_STAGES": self._dots_stages,
            "FIFO": self.fifo,
        }

    @property
    def _dots_stages(self) -> int:
        bits, weight = self.source.element.bits, self.op.weights.bits
        return dots_stages(self.arithmetic, self.unroll_taps, bits, self.group, weight)

    @cached_property
    def delay(self) -> int:
        """Cycles from a step to the write of its word: window, operands, dot products, bias, pool, requantiser."""
        shift = self.op.parameters(self.tensor)[2].type.bits
        before = 3 if self.arithmetic == "da" else 4  # tables have the operands' register inside
        return before + self._dots_stages + self.pooled.stages + requantise_stages(shift) + self.phases - 1

    @cached_property
    def timing(self) -> Timing:
        """A step that computes a window takes `phases` cycles; any other one takes one."""
        return Timing(self.pooled.steps(self.phases), self.delay, self.fifo, refill=self.refill_cycles)

    @property
    def interval_cycles(self) -> int:
        """Computed windows times phases, and one cycle for every other word."""
        return self.walk.words * self.walk.rows + self.pooled.computed * (self.phases - 1)

    @property
    def refill_cycles(self) -> int:
        """Cycles for which a frame waits whose weights are not those in the tables."""
        return fill_cycles(self.group) if self.arithmetic == "da" else 0


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[Conv2dKernel]:
    """Every folding and arithmetic, the widest first, with a FIFO that holds what is in flight."""
    assert isinstance(op, Conv2d)
    taps = source.channels * op.kernel[0] * op.kernel[1]
    for unroll_out in folds(op.filters):
        for unroll_taps in folds(taps):
            kernel = Conv2dKernel(op, source, unroll_out, unroll_taps, "mul", 1, NO_POOL, False, 1)
            for arithmetic, group in kernel.choice.offers(family):
                yield _with_fifo(replace(kernel, arithmetic=arithmetic, group=group))


def _with_fifo(kernel: Conv2dKernel) -> Conv2dKernel:
    """The kernel with the least FIFO that never slows it."""
    return replace(kernel, fifo=in_flight(kernel.delay, kernel.phases))


def fuse(kernel: Kernel, after: Op) -> Conv2dKernel | None:
    """The kernel with a max-pool inside; None where a word does not hold whole pools, or they overlap."""
    assert isinstance(kernel, Conv2dKernel)
    if not isinstance(after, MaxPool2d) or after.size != after.stride:
        return None
    if kernel.pool != NO_POOL or after.size == NO_POOL:
        return None
    if not PooledWalk(kernel.walk, after.size, after.ceil).possible:
        return None
    return _with_fifo(replace(kernel, pool=after.size, pool_ceil=after.ceil))


KERNEL = Conv2dKernel

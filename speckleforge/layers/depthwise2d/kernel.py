"""depthwise2d in hardware: folding, stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.depthwise2d.op import Depthwise2d
from speckleforge.layers.rtl import check_fold, folds, in_flight, requantise_stages
from speckleforge.layers.rtl.arithmetic import dots_stages, fill_cycles
from speckleforge.layers.rtl.choice import ARITHMETIC, Choice
from speckleforge.layers.rtl.window import WindowWalk

SHARED = (
    "sf_add_tree", "sf_columns", "sf_delay", "sf_dots_da", "sf_dots_dsp2", "sf_dots_mul", "sf_dsp_pair", "sf_fifo",
    "sf_filter_load", "sf_gather", "sf_look_up", "sf_memory", "sf_phases", "sf_refill", "sf_requantise",
    "sf_subset_sums", "sf_walk", "sf_window",
)  # fmt: skip
MODELS = ("DSP48E2",)


@dataclass(frozen=True)
class Depthwise2dKernel(Kernel):
    """`sf_depthwise2d`: all kept lanes of a window, `unroll_channels` channels by `unroll_taps` taps a cycle.

    Attributes
    ----------
    unroll_channels
        Channels computed in one cycle.
    unroll_taps
        Taps of each of them, in the order (row, column), multiplied in one cycle.
    arithmetic
        How a dot product is made: `mul` (multipliers), `da` (tables of subset sums, looked up for every bit-plane),
        `dsp2` (two products in a DSP48E2). The last two compute everything at once.
    group
        Weights that one table holds (`da`); 1: none.
    fifo
        Words of the output FIFO.
    """

    kind: ClassVar[str] = "depthwise2d"
    op: Depthwise2d
    unroll_channels: int
    unroll_taps: int
    arithmetic: str
    group: int
    fifo: int

    def __post_init__(self) -> None:
        check_fold("depthwise2d", "unroll_channels", self.unroll_channels, self.op.channels)
        check_fold("depthwise2d", "unroll_taps", self.unroll_taps, self.taps)
        check_fold("depthwise2d", "fifo", self.fifo, 1 << 16)
        self.choice.check("depthwise2d", self.arithmetic, self.group)

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
        return self.op.kernel[0] * self.op.kernel[1]

    @property
    def groups(self) -> int:
        """Groups of `unroll_channels` channels."""
        return -(-self.op.channels // self.unroll_channels)

    @property
    def phases(self) -> int:
        """Cycles that one window takes."""
        return -(-self.taps // self.unroll_taps) * self.groups

    @property
    def choice(self) -> Choice:
        """What it computes in a cycle."""
        bits = max(self.source.element.bits, self.op.weights.bits)
        return Choice(self.phases, self.walk.grid.kept_lanes, bits)

    @cached_property
    def sink(self) -> StreamType:
        """Kept lanes; channels unchanged."""
        return replace(self.walk.grid.sink, element=self.op.out)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_depthwise2d`."""
        weight, bias, shift = self.op.parameters(self.tensor)
        return {
            **self.walk.generics(),
            "SIGNED": int(self.source.element.signed),
            "OUT_BITS": self.op.out.bits,
            "OUT_SIGNED": int(self.op.out.signed),
            "WEIGHT_BITS": weight.type.bits,
            "BIAS_BITS": bias.type.bits,
            "SHIFT_BITS": shift.type.bits,
            "ACC_BITS": self.op.acc(self.tensor).bits,
            "UNROLL_CHANNELS": self.unroll_channels,
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
        """Cycles from a step to the write of its word: window, operands, dot products, accumulator, requantiser."""
        shift = self.op.parameters(self.tensor)[2].type.bits
        before = 3 if self.arithmetic == "da" else 4  # tables have the operands' register inside
        return before + self._dots_stages + requantise_stages(shift) + self.phases - 1

    @cached_property
    def timing(self) -> Timing:
        """A window that emits takes `phases` cycles; any other step takes one."""
        return Timing(self.walk.steps(self.phases), self.delay, self.fifo, refill=self.refill_cycles)

    @property
    def interval_cycles(self) -> int:
        """Emitting windows times phases, and one cycle for every other word."""
        return self.walk.words * self.walk.rows + self.sink.words * (self.phases - 1)

    @property
    def refill_cycles(self) -> int:
        """Cycles for which a frame waits whose weights are not those in the tables."""
        return fill_cycles(self.group) if self.arithmetic == "da" else 0


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[Depthwise2dKernel]:
    """Every folding and arithmetic, the widest first, with a FIFO that holds what is in flight."""
    assert isinstance(op, Depthwise2d)
    for unroll_channels in folds(op.channels):
        for unroll_taps in folds(op.kernel[0] * op.kernel[1]):
            kernel = Depthwise2dKernel(op, source, unroll_channels, unroll_taps, "mul", 1, 1)
            for arithmetic, group in kernel.choice.offers(family):
                found = replace(kernel, arithmetic=arithmetic, group=group)
                yield replace(found, fifo=in_flight(found.delay, found.phases))


KERNEL = Depthwise2dKernel

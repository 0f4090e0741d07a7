"""dense in hardware: folding, stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, NoReturn

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import bits_for
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.dense.op import Dense
from speckleforge.layers.rtl import check_fold, folds, requantise_stages
from speckleforge.layers.rtl.arithmetic import dots_stages

SHARED = (
    "sf_add_tree", "sf_delay", "sf_dense_load", "sf_dots_dsp2", "sf_dots_mul", "sf_drain", "sf_dsp_pair", "sf_fifo",
    "sf_memory", "sf_requantise", "sf_select", "sf_walk", "sf_weights",
)  # fmt: skip
MODELS = ("DSP48E2",)
ARITHMETIC = ("mul", "dsp2")
PAIR_BITS = 8  # widest factors of two products that share a DSP
SELECT_ROWS = 32  # words that sf_select chooses from in one cycle


@dataclass(frozen=True)
class DenseKernel(Kernel):
    """`sf_dense`: features are used up as they arrive, `unroll_in` features by `unroll_out` outputs a cycle.

    The source may be an image: a flatten before it is only an order of weights.

    Attributes
    ----------
    unroll_in
        Features of one word (lanes times channels) multiplied in one cycle.
    unroll_out
        Outputs computed in one cycle.
    unroll_requantise
        Outputs requantised in one cycle, and lanes of the output: `unroll_out`, or fewer where all units are computed
        at once; then all totals are held and drained while the next frame adds up.
    arithmetic
        `mul`: a multiplier for each product. `dsp2`: two outputs' products with one feature in each DSP48E2.
    fifo
        Words of the output FIFO; at least the words of one output vector.
    """

    kind: ClassVar[str] = "dense"
    op: Dense
    unroll_in: int
    unroll_out: int
    unroll_requantise: int
    arithmetic: str
    fifo: int

    def __post_init__(self) -> None:
        check_fold("dense", "unroll_in", self.unroll_in, self.word_features)
        check_fold("dense", "unroll_out", self.unroll_out, self.op.units)
        check_fold("dense", "unroll_requantise", self.unroll_requantise, self.unroll_out)
        if self.drained and self.unroll_out != self.op.units:
            self._refuse(
                "unroll_requantise",
                self.unroll_requantise,
                f"{self.unroll_out}, for not all units are computed at once",
            )
        if self.arithmetic not in ARITHMETIC:
            self._refuse("arithmetic", self.arithmetic, ", ".join(ARITHMETIC))
        if self.arithmetic == "dsp2" and not self._pairs:
            self._refuse("arithmetic", "dsp2", f"mul, for unroll_out is odd or a factor has more than {PAIR_BITS} bits")
        if self.fifo < self.rounds:
            self._refuse("fifo", self.fifo, f"{self.rounds} or more")

    @staticmethod
    def _refuse(field: str, got: object, allowed: str) -> NoReturn:
        raise DesignError(Problem(f"dense: {field} does not fit", got=str(got), allowed=allowed))

    @property
    def _pairs(self) -> bool:
        return self.unroll_out % 2 == 0 and max(self.source.element.bits, self.op.weights.bits) <= PAIR_BITS

    @property
    def drained(self) -> bool:
        """True where all totals are held and requantised in several cycles."""
        return self.unroll_requantise < self.unroll_out

    @property
    def features(self) -> int:
        """Features of a frame."""
        return self.source.channels * self.source.height * self.source.width

    @cached_property
    def tensor(self) -> TensorType:
        """Type of the input vector."""
        return TensorType(self.source.element, (self.features,))

    @property
    def word_features(self) -> int:
        """Features in one word, those outside the image counted."""
        return self.source.lanes * self.source.channels

    @property
    def groups(self) -> int:
        """Groups of `unroll_out` outputs."""
        return -(-self.op.units // self.unroll_out)

    @property
    def rounds(self) -> int:
        """Words of the output vector."""
        return -(-self.op.units // self.unroll_requantise)

    @property
    def parts(self) -> int:
        """Parts of `unroll_in` features in a word."""
        return -(-self.word_features // self.unroll_in)

    @cached_property
    def sink(self) -> StreamType:
        """The output vector, `unroll_requantise` features a word."""
        return StreamType(self.op.out, 1, self.unroll_requantise, self.op.units, 1)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_dense`."""
        source = self.source
        weight, bias, shift = self.op.parameters(self.tensor)
        return {
            "LANES": source.lanes,
            "CHANNELS": source.channels,
            "BITS": source.element.bits,
            "SIGNED": int(source.element.signed),
            "WIDTH": source.width,
            "HEIGHT": source.height,
            "OFFSET": source.offset,
            "UNITS": self.op.units,
            "OUT_BITS": self.op.out.bits,
            "OUT_SIGNED": int(self.op.out.signed),
            "WEIGHT_BITS": weight.type.bits,
            "BIAS_BITS": bias.type.bits,
            "SHIFT_BITS": shift.type.bits,
            "TOTAL_BITS": self.total_bits,
            "ACC_BITS": self.op.acc(self.tensor).bits,
            "UNROLL_IN": self.unroll_in,
            "UNROLL_OUT": self.unroll_out,
            "UNROLL_REQUANTISE": self.unroll_requantise,
            "DSP2": int(self.arithmetic == "dsp2"),
            "DOTS_STAGES": self.dots_stages,
            "FIFO": self.fifo,
        }

    @property
    def total_bits(self) -> int:
        """Bits of a sum of products, before its bias."""
        return bits_for(self.features * self.source.element.magnitude * self.op.weights.magnitude)

    @property
    def dots_stages(self) -> int:
        """Cycles from features and weights to the sums of a phase."""
        return dots_stages(self.arithmetic, self.unroll_in, self.source.element.bits, 1, self.op.weights.bits)

    @property
    def delay(self) -> int:
        """Cycles from the last word's step to the write of the first output word."""
        shift = self.op.parameters(self.tensor)[2].type.bits
        pipeline = 4 + self.dots_stages + requantise_stages(shift)
        drain = 3 + (self.rounds > SELECT_ROWS) if self.drained else 0
        return pipeline + drain + (self.parts - 1) * self.groups

    @cached_property
    def timing(self) -> Timing:
        """Every word takes parts times groups cycles; the last one emits the vector and waits for the last drain."""
        busy, words = self.parts * self.groups, self.source.words
        last = self.interval_cycles - (words - 1) * busy
        steps = [Step(True, busy, 0)] * (words - 1) + [Step(True, last, self.rounds)]
        return Timing(tuple(steps), self.delay, self.fifo, self.rounds)

    @property
    def interval_cycles(self) -> int:
        """Words times parts times groups, or the drain."""
        return max(self.source.words * self.parts * self.groups, self.rounds if self.drained else 0)


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[DenseKernel]:
    """Every folding, the widest first; the FIFO holds two vectors where a frame is shorter than the pipeline."""
    assert isinstance(op, Dense)
    for unroll_in in folds(source.lanes * source.channels):
        for unroll_out in folds(op.units):
            for unroll_requantise in folds(op.units) if unroll_out == op.units else (unroll_out,):
                rounds = -(-op.units // unroll_requantise)
                for arithmetic in _arithmetics(op, source, unroll_out, family):
                    fold = (unroll_in, unroll_out, unroll_requantise, arithmetic)
                    kernel = DenseKernel(op, source, *fold, rounds)
                    overlap = kernel.interval_cycles < kernel.delay + rounds + 2
                    yield replace(kernel, fifo=rounds * 2) if overlap else kernel


def _arithmetics(op: Dense, source: StreamType, unroll_out: int, family: str) -> tuple[str, ...]:
    """What there is for such products."""
    narrow = max(source.element.bits, op.weights.bits) <= PAIR_BITS
    return ARITHMETIC if family == "ultrascale" and narrow and unroll_out % 2 == 0 else ("mul",)


KERNEL = DenseKernel

"""head in hardware: folding, stream types, timing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from speckleforge.fixed.types import signed
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step, Timing
from speckleforge.ir.types import TensorType
from speckleforge.layers.head.op import RECORD, Head
from speckleforge.layers.rtl import check_fold, folds, tree_stages

SHARED = ("sf_add_tree",)


@dataclass(frozen=True)
class HeadKernel(Kernel):
    """`sf_head`: `unroll_slots` prototypes by all features of a word a cycle; then a slot, then two bits a cycle.

    The source may be an image: a flatten before it is only an order of features.

    Attributes
    ----------
    unroll_slots
        Slots whose scores are added to in one cycle.
    """

    kind: ClassVar[str] = "head"
    op: Head
    unroll_slots: int

    def __post_init__(self) -> None:
        check_fold("head", "unroll_slots", self.unroll_slots, self.op.slots)

    @property
    def tensor(self) -> TensorType:
        """Type of the embedding."""
        source = self.source
        return TensorType(source.element, (source.channels * source.height * source.width,))

    @property
    def groups(self) -> int:
        """Groups of `unroll_slots` slots: cycles that one word takes."""
        return -(-self.op.slots // self.unroll_slots)

    @property
    def product_steps(self) -> int:
        """Cycles of the serial multipliers of the veto: two bits each."""
        return -(-max(self.op.score(self.tensor).bits - 1, self.op.energy(self.tensor).bits) // 2)

    @cached_property
    def sink(self) -> StreamType:
        """One word: scores and decision."""
        return StreamType(signed(32), self.op.slots + len(RECORD), 1, 1, 1)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_head`."""
        source = self.source
        return {
            "LANES": source.lanes,
            "CHANNELS": source.channels,
            "BITS": source.element.bits,
            "SIGNED": int(source.element.signed),
            "WIDTH": source.width,
            "HEIGHT": source.height,
            "OFFSET": source.offset,
            "SLOTS": self.op.slots,
            "PROTOTYPE_BITS": self.op.prototypes.bits,
            "SCORE_BITS": self.op.score(self.tensor).bits,
            "ENERGY_BITS": self.op.energy(self.tensor).bits,
            "VETO_SHIFT": self.op.veto_shift,
            "UNROLL_SLOTS": self.unroll_slots,
        }

    @property
    def delay(self) -> int:
        """Cycles from the last word's step to the record's write: groups, sum, scan, veto, look-ups."""
        sums = tree_stages(self.source.lanes * self.source.channels)
        return self.groups + sums + self.op.slots + self.product_steps + 7

    @cached_property
    def timing(self) -> Timing:
        """Every word takes `groups` cycles; the last one emits the record, for which there is one place."""
        words = self.source.words
        steps = [Step(True, self.groups, 0)] * (words - 1) + [Step(True, self.groups, 1)]
        return Timing(tuple(steps), self.delay, 1)

    @property
    def interval_cycles(self) -> int:
        """The words' cycles, or the decision's, from one last word to the next."""
        return max(self.source.words * self.groups, self.delay + 2)


def candidates(op: Op, source: StreamType, banks: int, family: str) -> Iterator[HeadKernel]:
    """Every folding, the widest first."""
    assert isinstance(op, Head)
    for unroll_slots in folds(op.slots):
        yield HeadKernel(op, source, unroll_slots)


KERNEL = HeadKernel

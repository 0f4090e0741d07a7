"""head: types and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType, bits_for, signed, unsigned
from speckleforge.ir.op import LayerContext, Op, need_vector
from speckleforge.ir.types import ParamSpec, TensorType

RECORD = ("class", "slot", "accept", "keep")  # what follows the scores in an output vector
CLASS_BITS = 4
CLASSES = 1 << CLASS_BITS


@dataclass(frozen=True)
class Head(Op):
    """Decision on an embedding z [L]. Output: s32 [slots + 4]: scores, class, slot, accept, keep.

    - score of slot n: `s_n = sum(z_i * p_ni)`, exact;
    - slot: the valid one with the largest score, ties to the lowest; -1 where none is valid;
    - accept: `s > 0 and s*s * 2**veto_shift >= threshold * (z . z)` for that slot's s (scaling z only rounds);
    - class: the slot's class id where accepted, else -1 (unknown);
    - keep: `keep[class]`, or `keep[16]` for unknown.

    Attributes
    ----------
    slots
        Capacity; slots carry a valid bit.
    prototypes
        Type of a prototype's element.
    veto_shift
        See above.
    """

    kind: ClassVar[str] = "head"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("slots",)

    slots: int
    prototypes: IntType
    veto_shift: int

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `model.head` in a spec."""
        return {
            "type": "object",
            "description": "Few-shot decision by prototypes",
            "additionalProperties": False,
            "required": ["prototypes"],
            "properties": {
                "prototypes": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 256,
                    "description": "capacity: number of prototype slots",
                }
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        return cls(keys["prototypes"], signed(max(context.weight_bits, 4)), 8)

    def score(self, source: TensorType) -> IntType:
        """Type of a score: exact for any z and p."""
        return signed(bits_for(need_vector("head", source) * source.type.magnitude * self.prototypes.magnitude))

    def energy(self, source: TensorType) -> IntType:
        """Type of z . z."""
        return unsigned(bits_for(need_vector("head", source) * source.type.magnitude**2, is_signed=False))

    def infer(self, source: TensorType) -> TensorType:
        """s32 [slots + 4]."""
        if self.score(source).bits > 27 or self.energy(source).bits > 30:
            raise DesignError(
                Problem(
                    "scores are too wide for exact 64-bit decisions",
                    got=f"score {self.score(source)}, energy {self.energy(source)}",
                    allowed="s27 and u30",
                    next_step="use a smaller latent size or fewer activation bits for the embedding",
                )
            )
        return TensorType(signed(32), (self.slots + len(RECORD),))

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`prototype` [slots, L], `valid` [slots], `class_id` [slots], `threshold` [1], `keep` [17] (last: unknown)."""
        features = need_vector("head", source)
        return (
            ParamSpec("prototype", (self.slots, features), self.prototypes),
            ParamSpec("valid", (self.slots,), unsigned(1)),
            ParamSpec("class_id", (self.slots,), unsigned(CLASS_BITS)),
            ParamSpec("threshold", (1,), unsigned(32)),
            ParamSpec("keep", (CLASSES + 1,), unsigned(1)),
        )


OP = Head

"""prelu: types and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType, bits_for, signed, unsigned
from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.types import ParamSpec, TensorType


@dataclass(frozen=True)
class Prelu(Op):
    """`y = x` where `x >= 0`, else `saturate(round_half_even(x * slope * 2**-shift))`; type and frac unchanged.

    Attributes
    ----------
    slopes
        Type of the slope, the layer's weight: its value is `slope * 2**-shift`, in steps of `2**-shift`.
    shift_max
        Largest shift: the product has one bit more.
    """

    kind: ClassVar[str] = "prelu"

    slopes: IntType
    shift_max: int

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """`prelu` has no keys."""
        return {
            "type": "object",
            "description": "Rectifier with one learned slope for negative values",
            "additionalProperties": False,
            "properties": {},
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From a spec; the slope is as wide as a weight."""
        slopes = signed(context.weight_bits)
        return cls(slopes, bits_for(source.type.magnitude * slopes.magnitude) - 1)

    def product(self, source: TensorType) -> IntType:
        """Type of `x * slope`: exact for any of both."""
        return signed(bits_for(source.type.magnitude * self.slopes.magnitude))

    def infer(self, source: TensorType) -> TensorType:
        """The same type."""
        if not source.type.signed:
            next_step = "leave it out: nothing is negative here"
            raise DesignError(Problem("prelu needs a signed input", got=str(source), next_step=next_step))
        return source

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`slope` and `shift`, one each."""
        shift = unsigned(bits_for(self.shift_max, is_signed=False))
        return ParamSpec("slope", (1,), self.slopes), ParamSpec("shift", (1,), shift, self.shift_max)

    def network_parameters(self, source: TensorType) -> int:
        """The slope."""
        return 1


OP = Prelu

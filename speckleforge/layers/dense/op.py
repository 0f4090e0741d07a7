"""dense: structure, shapes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.ir.op import LayerContext, LinearOp, linear_types, need_vector
from speckleforge.ir.types import TensorType


@dataclass(frozen=True)
class Dense(LinearOp):
    """`y[o] = requantise(sum(w[o, i] * x[i]) + b[o])`.

    Attributes
    ----------
    units
        Output features.
    """

    kind: ClassVar[str] = "dense"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("units",)

    units: int

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `dense` in a spec."""
        return {
            "type": "object",
            "description": "Fully connected layer",
            "additionalProperties": False,
            "required": ["units"],
            "properties": {
                "units": {
                    "oneOf": [{"type": "integer", "minimum": 1, "maximum": 65536}, {"const": "latent"}],
                    "description": "output features; `latent` stands for model.latent",
                }
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec (`latent` already replaced by its number)."""
        fan_in = need_vector("dense", source)
        return cls(**linear_types(fan_in, source.type, context), units=keys["units"])

    def infer(self, source: TensorType) -> TensorType:
        """[units]."""
        need_vector("dense", source)
        return TensorType(self.out, (self.units,))

    def fan_in(self, source: TensorType) -> int:
        """Input features."""
        return source.shape[0]

    def fan_out(self) -> int:
        """Units."""
        return self.units

    def weight_shape(self, source: TensorType) -> tuple[int, ...]:
        """[units, features]."""
        return (self.units, source.shape[0])

    def macs(self, source: TensorType) -> int:
        """Units times features."""
        return self.units * source.shape[0]


OP = Dense

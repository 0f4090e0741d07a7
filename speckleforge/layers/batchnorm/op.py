"""batchnorm: structure. In the integer network it is the identity: the layer before has taken it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.types import TensorType


@dataclass(frozen=True)
class BatchNorm(Op):
    """`y = x`. In training `y = gamma * (x - mean) / sqrt(var + eps) + beta` per channel, folded when training ends."""

    kind: ClassVar[str] = "batchnorm"
    FOLLOWS: ClassVar[tuple[str, ...]] = ("conv2d", "dense", "depthwise2d")

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """`batchnorm` has no keys."""
        return {
            "type": "object",
            "description": "Batch normalisation in training, folded into the linear layer right before it",
            "additionalProperties": False,
            "properties": {},
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From a spec."""
        return cls()

    def infer(self, source: TensorType) -> TensorType:
        """Type and shape unchanged."""
        return source

    def network_parameters(self, source: TensorType) -> int:
        """Gamma and beta of each channel, as papers count them; the running mean and variance are no trained values."""
        return 2 * source.shape[0]


OP = BatchNorm

"""relu: types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.types import TensorType


@dataclass(frozen=True)
class Relu(Op):
    """`y = max(x, 0)`. An unsigned input passes as it is; a signed one of b bits becomes unsigned of b - 1 bits."""

    kind: ClassVar[str] = "relu"

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """`relu` has no keys."""
        return {"type": "object", "description": "Rectifier", "additionalProperties": False, "properties": {}}

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From a spec."""
        return cls()

    def infer(self, source: TensorType) -> TensorType:
        """Shape unchanged."""
        if not source.type.signed:
            return source
        return TensorType(unsigned(source.type.bits - 1), source.shape)


OP = Relu

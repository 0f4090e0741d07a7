"""flatten: shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.ir.op import LayerContext, Op, need_image
from speckleforge.ir.types import TensorType


@dataclass(frozen=True)
class Flatten(Op):
    """[channels, rows, columns] -> [channels * rows * columns], the last index fastest."""

    kind: ClassVar[str] = "flatten"

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """`flatten` has no keys."""
        return {
            "type": "object",
            "description": "Image to vector",
            "additionalProperties": False,
            "properties": {},
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From a spec."""
        return cls()

    def infer(self, source: TensorType) -> TensorType:
        """One dimension."""
        need_image("flatten", source)
        return TensorType(source.type, (source.size,))


OP = Flatten

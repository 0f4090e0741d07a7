"""pedestal: types and the parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.op import LayerContext, Op, need_image
from speckleforge.ir.types import ParamSpec, TensorType


@dataclass(frozen=True)
class Pedestal(Op):
    """`y = max(x - pedestal[pixel], 0)`; the same pedestal for every channel."""

    kind: ClassVar[str] = "pedestal"

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `pedestal` in a spec's `preprocess` list."""
        return {
            "type": "object",
            "description": "Dark level off each pixel",
            "additionalProperties": False,
            "properties": {
                "file": {
                    "type": "string",
                    "minLength": 1,
                    "description": ".npy file of the frame's shape in ADU; left out: the source's own dark run",
                },
                "place": {
                    "enum": ["upstream", "fabric"],
                    "default": "upstream",
                    "description": "where it runs: before the detector link, or in the hardware described by this spec",
                },
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec; the file is data, not structure."""
        return cls()

    def infer(self, source: TensorType) -> TensorType:
        """The same type."""
        need_image("pedestal", source)
        if source.type.signed:
            raise DesignError(Problem("pedestal needs unsigned words", got=str(source)))
        return source

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`pedestal` [rows, columns], of the word's type."""
        return (ParamSpec("pedestal", source.image[1:], source.type),)


OP = Pedestal

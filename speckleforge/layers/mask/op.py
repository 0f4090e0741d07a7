"""mask: types and the parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import unsigned
from speckleforge.ir.op import LayerContext, Op, need_image
from speckleforge.ir.types import ParamSpec, TensorType


@dataclass(frozen=True)
class Mask(Op):
    """`y = x` where the pixel's mask is 1, else 0; the same mask for every channel."""

    kind: ClassVar[str] = "mask"

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `mask` in a spec's `preprocess` list."""
        return {
            "type": "object",
            "description": "Bad pixels to zero",
            "additionalProperties": False,
            "properties": {
                "file": {
                    "type": "string",
                    "minLength": 1,
                    "description": ".npy file of the frame's shape, 1 good, 0 bad; left out: the source's own mask",
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
        need_image("mask", source)
        if source.type.signed:
            raise DesignError(Problem("mask needs unsigned words", got=str(source)))
        return source

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`mask` [rows, columns]: 1 good, 0 bad."""
        return (ParamSpec("mask", source.image[1:], unsigned(1)),)


OP = Mask

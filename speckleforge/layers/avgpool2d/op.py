"""avgpool2d: structure, shapes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType, bits_for, signed, unsigned
from speckleforge.ir.op import LayerContext, Op, need_image
from speckleforge.ir.types import ParamSpec, TensorType
from speckleforge.layers.geometry import PAIR, pair


@dataclass(frozen=True)
class AvgPool2d(Op):
    """`y[c, r, k] = requantise(sum of x[c, r*s0 .. r*s0 + size0 - 1, k*s1 .. k*s1 + size1 - 1], shift)`.

    In value it is the sum times `2**-divisor_bits`: the mean where a window has a power of two of elements, else the
    mean times a constant between 1/2 and 1, which the layer behind learns. What does not fill a window is left out.

    Attributes
    ----------
    size, stride
        (rows, columns) of the window, and of its steps.
    shift_max
        Largest shift; the parameter holds 0..shift_max.
    out
        Type of the output.
    """

    kind: ClassVar[str] = "avgpool2d"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("size", "stride")

    size: tuple[int, int]
    stride: tuple[int, int]
    shift_max: int
    out: IntType

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `avgpool2d` in a spec."""
        bits = {"type": "integer", "minimum": 2, "maximum": 16, "description": "bits of an activation that it gives"}
        size = [*PAIR["oneOf"], {"const": "global"}]
        return {
            "type": "object",
            "description": "Average-pooling: sum times 2**-ceil(log2(elements of the window))",
            "additionalProperties": False,
            "required": ["size"],
            "properties": {
                "size": {"oneOf": size, "description": "rows and columns of the window; global: the whole image"},
                "stride": {**PAIR, "description": "step in rows and columns; the window's size if left out"},
                "precision": {
                    "type": "object",
                    "description": "overrides for this layer; it gives the type that it takes if left out",
                    "additionalProperties": False,
                    "properties": {"activations": bits},
                },
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        _, rows, columns = need_image("avgpool2d", source)
        whole = keys["size"] == "global"
        if whole and "stride" in keys:
            step = "leave stride out"
            raise DesignError(
                Problem("stride of a window over the whole image", got=str(keys["stride"]), next_step=step)
            )
        size = (rows, columns) if whole else pair(keys["size"])
        stride = pair(keys["stride"]) if "stride" in keys else size
        out = IntType(context.own_activation_bits or source.type.bits, source.type.signed)
        return cls(size, stride, _sum_type(size, source.type).bits - 1, out)

    def infer(self, source: TensorType) -> TensorType:
        """[channels, rows, columns]."""
        channels, rows, columns = need_image("avgpool2d", source)
        if self.size[0] > rows or self.size[1] > columns:
            raise DesignError(
                Problem(
                    "window is larger than its input",
                    got=f"{self.size[0]}x{self.size[1]}",
                    allowed=f"{rows}x{columns} at most",
                )
            )
        shape = [(n - w) // s + 1 for n, w, s in zip((rows, columns), self.size, self.stride, strict=True)]
        return TensorType(self.out, (channels, shape[0], shape[1]))

    @property
    def divisor_bits(self) -> int:
        """`ceil(log2(elements of the window))`: the shift at which fraction bits stay."""
        return (self.size[0] * self.size[1] - 1).bit_length()

    def acc(self, source: TensorType) -> IntType:
        """Type of a sum: no input can overflow it."""
        return _sum_type(self.size, source.type)

    def parameters(self, source: TensorType) -> tuple[ParamSpec, ...]:
        """`shift`, one for all channels."""
        return (ParamSpec("shift", (1,), unsigned(bits_for(self.shift_max, is_signed=False)), self.shift_max),)


def _sum_type(size: tuple[int, int], element: IntType) -> IntType:
    return signed(bits_for(size[0] * size[1] * element.magnitude))


OP = AvgPool2d

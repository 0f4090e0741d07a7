"""conv2d: structure, shapes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.ir.op import LayerContext, LinearOp, linear_types, need_image
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers.geometry import WINDOW, pads_of, pair, windows


@dataclass(frozen=True)
class Conv2d(LinearOp):
    """`y[o, r, c] = requantise(sum(w[o, i, u, v] * x[i, r*s0 + u - top, c*s1 + v - left]) + b[o])`, zeros around it.

    Attributes
    ----------
    filters
        Output channels.
    kernel, stride
        (rows, columns).
    padding
        `valid` (none) or `same`: output size ceil(input / stride), an odd row or column goes to the bottom or right
        (ONNX SAME_UPPER).
    """

    kind: ClassVar[str] = "conv2d"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("filters", "kernel", "stride", "padding")

    filters: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: str

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `conv2d` in a spec."""
        return {
            "type": "object",
            "description": "Two-dimensional convolution",
            "additionalProperties": False,
            "required": ["filters", "kernel"],
            "properties": {
                "filters": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 4096,
                    "description": "output channels",
                },
                **WINDOW,
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        channels, _, _ = need_image("conv2d", source)
        kernel = pair(keys["kernel"])
        types = linear_types(channels * kernel[0] * kernel[1], source.type, context)
        return cls(
            **types,
            filters=keys["filters"],
            kernel=kernel,
            stride=pair(keys.get("stride", 1)),
            padding=keys.get("padding", "valid"),
        )

    def pads(self, source: TensorType) -> Pads:
        """Rows and columns of zeros around the input."""
        _, rows, columns = source.image
        return pads_of(self.padding, (rows, columns), self.kernel, self.stride)

    def infer(self, source: TensorType) -> TensorType:
        """[filters, rows, columns]."""
        _, rows, columns = need_image("conv2d", source)
        size = windows((rows, columns), self.kernel, self.stride, self.pads(source))
        return TensorType(self.out, (self.filters, *size))

    def fan_in(self, source: TensorType) -> int:
        """Channels times taps."""
        return source.image[0] * self.kernel[0] * self.kernel[1]

    def fan_out(self) -> int:
        """Filters."""
        return self.filters

    def weight_shape(self, source: TensorType) -> tuple[int, ...]:
        """[filters, channels, rows, columns]."""
        return (self.filters, source.image[0], *self.kernel)

    def macs(self, source: TensorType) -> int:
        """Products for one frame, padding counted as computed."""
        return self.infer(source).size * self.fan_in(source)


OP = Conv2d

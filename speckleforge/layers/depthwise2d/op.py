"""depthwise2d: structure, shapes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.ir.op import LayerContext, LinearOp, linear_types, need_image
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers.geometry import WINDOW, pads_of, pair, windows


@dataclass(frozen=True)
class Depthwise2d(LinearOp):
    """`y[c, r, k] = requantise(sum(w[c, 0, u, v] * x[c, r*s0 + u - top, k*s1 + v - left]) + b[c])`, zeros around it.

    Attributes
    ----------
    channels
        Of the input, and so of the output.
    kernel, stride
        (rows, columns).
    padding
        `valid` (none) or `same`: output size ceil(input / stride), an odd row or column goes to the bottom or right
        (ONNX SAME_UPPER).
    """

    kind: ClassVar[str] = "depthwise2d"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("channels", "kernel", "stride", "padding")

    channels: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: str

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `depthwise2d` in a spec."""
        return {
            "type": "object",
            "description": "Depthwise two-dimensional convolution: one kernel a channel",
            "additionalProperties": False,
            "required": ["kernel"],
            "properties": {**WINDOW},
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        channels, _, _ = need_image("depthwise2d", source)
        kernel = pair(keys["kernel"])
        types = linear_types(kernel[0] * kernel[1], source.type, context)
        return cls(
            **types,
            channels=channels,
            kernel=kernel,
            stride=pair(keys.get("stride", 1)),
            padding=keys.get("padding", "valid"),
        )

    def pads(self, source: TensorType) -> Pads:
        """Rows and columns of zeros around the input."""
        _, rows, columns = source.image
        return pads_of(self.padding, (rows, columns), self.kernel, self.stride)

    def infer(self, source: TensorType) -> TensorType:
        """[channels, rows, columns]."""
        _, rows, columns = need_image("depthwise2d", source)
        size = windows((rows, columns), self.kernel, self.stride, self.pads(source))
        return TensorType(self.out, (self.channels, *size))

    def fan_in(self, source: TensorType) -> int:
        """Taps of one kernel."""
        return self.kernel[0] * self.kernel[1]

    def fan_out(self) -> int:
        """Channels."""
        return self.channels

    def weight_shape(self, source: TensorType) -> tuple[int, ...]:
        """[channels, 1, rows, columns], as PyTorch and ONNX have it with one group a channel."""
        return (self.channels, 1, *self.kernel)

    def macs(self, source: TensorType) -> int:
        """Products for one frame, padding counted as computed."""
        return self.infer(source).size * self.fan_in(source)


OP = Depthwise2d

"""conv2d: structure, shapes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.op import LayerContext, LinearOp, linear_types, need_image
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers.geometry import PAIR, pair


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
                "kernel": {**PAIR, "description": "rows and columns of the kernel; one number for a square"},
                "stride": {**PAIR, "default": 1, "description": "step in rows and columns"},
                "padding": {
                    "enum": ["valid", "same"],
                    "default": "valid",
                    "description": "valid: none; same: output size is ceil(input / stride)",
                },
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
        if self.padding == "valid":
            return Pads()
        _, rows, columns = source.image
        total = [
            max((-(-size // step) - 1) * step + kernel - size, 0)
            for size, step, kernel in zip((rows, columns), self.stride, self.kernel, strict=True)
        ]
        return Pads(total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2)

    def infer(self, source: TensorType) -> TensorType:
        """[filters, rows, columns]."""
        _, rows, columns = need_image("conv2d", source)
        pads = self.pads(source)
        rows, columns = rows + pads.top + pads.bottom, columns + pads.left + pads.right
        if self.kernel[0] > rows or self.kernel[1] > columns:
            raise DesignError(
                Problem(
                    "kernel is larger than its input",
                    got=f"kernel {self.kernel[0]}x{self.kernel[1]}",
                    allowed=f"{rows}x{columns} at most",
                    next_step="use a smaller kernel, padding: same, or fewer pools before it",
                )
            )
        size = [(n - k) // s + 1 for n, k, s in zip((rows, columns), self.kernel, self.stride, strict=True)]
        return TensorType(self.out, (self.filters, size[0], size[1]))

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

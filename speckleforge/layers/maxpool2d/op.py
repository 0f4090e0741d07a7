"""maxpool2d: structure and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.op import LayerContext, Op, need_image
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers.geometry import PAIR, pair


def _outputs(size: int, window: int, stride: int, ceil: bool) -> int:
    """Windows along one axis, as PyTorch counts them: in ceil mode the last one must start inside the image."""
    count = (size - window) // stride + 1
    if not ceil:
        return count
    count = -(-(size - window) // stride) + 1
    return count - 1 if (count - 1) * stride >= size else count


@dataclass(frozen=True)
class MaxPool2d(Op):
    """`y[c, r, k] = max of x[c, r*s0 .. r*s0 + size0 - 1, k*s1 .. k*s1 + size1 - 1]`, less what is outside the image.

    Attributes
    ----------
    size, stride
        (rows, columns) of the window, and of its steps.
    ceil
        Keep the last, incomplete window.
    """

    kind: ClassVar[str] = "maxpool2d"
    STRUCTURE: ClassVar[tuple[str, ...]] = ("size", "stride", "ceil")

    size: tuple[int, int]
    stride: tuple[int, int]
    ceil: bool

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Keys of `maxpool2d` in a spec."""
        return {
            "type": "object",
            "description": "Max-pooling",
            "additionalProperties": False,
            "required": ["size"],
            "properties": {
                "size": {**PAIR, "description": "rows and columns of the window"},
                "stride": {**PAIR, "description": "step in rows and columns; the window's size if left out"},
                "ceil": {
                    "type": "boolean",
                    "default": False,
                    "description": "keep the last, incomplete window (the published network does)",
                },
            },
        }

    @classmethod
    def from_spec(cls, keys: Mapping[str, Any], source: TensorType, context: LayerContext) -> Self:
        """From the keys of a spec."""
        return cls(pair(keys["size"]), pair(keys.get("stride", keys["size"])), keys.get("ceil", False))

    def infer(self, source: TensorType) -> TensorType:
        """[channels, rows, columns], element type unchanged."""
        channels, rows, columns = need_image("maxpool2d", source)
        if self.size[0] > rows or self.size[1] > columns:
            raise DesignError(
                Problem(
                    "window is larger than its input",
                    got=f"{self.size[0]}x{self.size[1]}",
                    allowed=f"{rows}x{columns} at most",
                )
            )
        shape = [_outputs(n, w, s, self.ceil) for n, w, s in zip((rows, columns), self.size, self.stride, strict=True)]
        return TensorType(source.type, (channels, shape[0], shape[1]))

    def pads(self, source: TensorType) -> Pads:
        """Rows and columns that ceil mode adds behind the image; they count as the smallest value, so never as y."""
        _, rows, columns = source.image
        _, out_rows, out_columns = self.infer(source).image
        bottom = max((out_rows - 1) * self.stride[0] + self.size[0] - rows, 0)
        right = max((out_columns - 1) * self.stride[1] + self.size[1] - columns, 0)
        return Pads(bottom=bottom, right=right)


OP = MaxPool2d

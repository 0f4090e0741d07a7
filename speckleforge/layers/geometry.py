"""Pairs of (rows, columns) as specs write them, and where a window over an image begins and ends."""

from __future__ import annotations

from typing import Any

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.stream import Pads

Pair = tuple[int, int]

PAIR: dict[str, Any] = {
    "oneOf": [
        {"type": "integer", "minimum": 1, "maximum": 1024},
        {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "integer", "minimum": 1, "maximum": 1024},
        },
    ]
}
# Keys of a convolution's window.
WINDOW: dict[str, Any] = {
    "kernel": {**PAIR, "description": "rows and columns of the kernel; one number for a square"},
    "stride": {**PAIR, "default": 1, "description": "step in rows and columns"},
    "padding": {
        "enum": ["valid", "same"],
        "default": "valid",
        "description": "valid: none; same: output size is ceil(input / stride)",
    },
}


def pair(value: int | list[int]) -> Pair:
    """`3` -> (3, 3); `[3, 5]` -> (3, 5)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def pads_of(padding: str, size: Pair, kernel: Pair, stride: Pair) -> Pads:
    """Rows and columns around an image of (rows, columns): `valid` none; `same` for ceil(size / stride) windows.

    An odd row or column goes to the bottom or right (ONNX SAME_UPPER).
    """
    if padding == "valid":
        return Pads()
    total = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(size, kernel, stride, strict=True)]
    return Pads(total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2)


def windows(size: Pair, kernel: Pair, stride: Pair, pads: Pads) -> Pair:
    """(rows, columns) of windows over a padded image.

    Raises
    ------
    DesignError
        If the window is larger than the padded image.
    """
    rows, columns = size[0] + pads.top + pads.bottom, size[1] + pads.left + pads.right
    if kernel[0] > rows or kernel[1] > columns:
        raise DesignError(
            Problem(
                "kernel is larger than its input",
                got=f"kernel {kernel[0]}x{kernel[1]}",
                allowed=f"{rows}x{columns} at most",
                next_step="use a smaller kernel, padding: same, or fewer pools before it",
            )
        )
    return (rows - kernel[0]) // stride[0] + 1, (columns - kernel[1]) // stride[1] + 1

"""Pairs of (rows, columns) as specs write them."""

from __future__ import annotations

from typing import Any

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


def pair(value: int | list[int]) -> tuple[int, int]:
    """`3` -> (3, 3); `[3, 5]` -> (3, 5)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])

"""Parts that every section of the schema is made of. Takes bounds and words; gives JSON Schema (draft-07)."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def integer(description: str, low: int, high: int, default: int | None = None) -> Schema:
    """A whole number in a range."""
    found: Schema = {"type": "integer", "minimum": low, "maximum": high, "description": description}
    return found if default is None else {**found, "default": default}


def number(description: str, above: float, high: float, default: float | None = None) -> Schema:
    """A number greater than `above` and at most `high`."""
    found: Schema = {"type": "number", "exclusiveMinimum": above, "maximum": high, "description": description}
    return found if default is None else {**found, "default": default}


def choice(description: str, names: tuple[str, ...], default: str | None = None) -> Schema:
    """One of some words."""
    found: Schema = {"enum": list(names), "description": description}
    return found if default is None else {**found, "default": default}


def keys(description: str, properties: Schema, required: tuple[str, ...] = (), **rest: Any) -> Schema:
    """A mapping with these keys and no others."""
    found: Schema = {"type": "object", "description": description, "additionalProperties": False, **rest}
    return {**found, "properties": properties, **({"required": list(required)} if required else {})}

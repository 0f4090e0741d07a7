"""Numbers with where they come from. Takes values; gives JSON records; a missing value always has a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Quantity = dict[str, Any]


def quantity(value: float | None, stage: str, tool: str | None = None, **more: Any) -> Quantity:
    """A number and the stage (`predicted`, `simulated`, `synthesised`, `placed_and_routed`, `target`) that gave it."""
    return {"value": value, "stage": stage, **({"tool": tool} if tool else {}), **more}


def missing(reason: str) -> Quantity:
    """A number that nobody obtained."""
    return {"value": None, "reason": reason}


def as_quantity(found: Any, stage: str, tool: str | None = None) -> Quantity | None:
    """A result that is a number or a record already; None where there is none."""
    if found is None:
        return None
    if isinstance(found, Mapping):
        return {"stage": stage, **found} if found.get("value") is not None else dict(found)
    return quantity(found, stage, tool)


def dig(record: Any, *path: str) -> Any:
    """The value at a path of keys; None where a part of it is not there."""
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record

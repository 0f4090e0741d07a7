"""Records as JSON values. Takes a record of any parser; gives mappings, lists, texts and numbers: one way for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def as_dict(record: Any) -> dict[str, Any]:
    """Fields of a record by name, with `tool`, `version` and `stage` first (None where it does not have them)."""
    head = {name: getattr(record, name, None) for name in ("tool", "version", "stage")}
    return head | {field.name: as_value(getattr(record, field.name)) for field in fields(record)}


def as_value(value: Any) -> Any:
    """A field's value: records become mappings, tuples lists; what JSON has no number for becomes None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_value(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_value(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

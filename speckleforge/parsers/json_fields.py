"""Reading JSON reports. Takes text; gives checked objects and fields, None for a missing or wrong field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from speckleforge.errors import FormatError, Problem


def load_object(text: str, what: str, where: str, required: tuple[str, ...]) -> dict[str, Any]:
    """The JSON object in `text`.

    Raises
    ------
    FormatError
        It is no JSON object, or one of the `required` keys is missing: then it is not `what`.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise FormatError(Problem(f"not {what}: no JSON", where, got=str(error))) from error
    if not isinstance(value, dict):
        raise FormatError(Problem(f"not {what}", where, got=type(value).__name__, allowed="a JSON object"))
    missing = [key for key in required if key not in value]
    if missing:
        raise FormatError(Problem(f"not {what}: no {', '.join(missing)}", where, got=", ".join(sorted(value))[:80]))
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def integer(value: Any) -> int | None:
    """`value` as an integer: a number without fraction or decimal text; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def number(value: Any) -> float | None:
    """`value` as a float if it is a number; else None."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

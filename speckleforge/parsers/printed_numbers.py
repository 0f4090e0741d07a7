"""Numbers as reports print them.

Takes a cell's text; gives a number, or None where none is printed (`-`, `NA`, `?`, `undef`).

A bound such as `<0.01` is no number: it is told apart.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,9}(?:e[-+]?[0-9]{1,2})?)?$")
_BOUND = re.compile(r"<\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)$")


def number(text: str | None) -> int | float | None:
    """The number that `text` is as a whole: an integer without a decimal point, else a float."""
    cleaned = (text or "").strip()
    if not _NUMBER.match(cleaned):
        return None
    return float(cleaned) if "." in cleaned else int(cleaned)


def integer(text: str | None) -> int | None:
    """The integer that `text` is as a whole."""
    found = number(text)
    return found if isinstance(found, int) else None


def real(text: str | None) -> float | None:
    """The number that `text` is as a whole, as a float."""
    found = number(text)
    return None if found is None else float(found)


def bound(text: str | None) -> float | None:
    """The bound b of a text `<b`: the value is not printed, only that it is less."""
    match = _BOUND.match((text or "").strip())
    return float(match[1]) if match else None

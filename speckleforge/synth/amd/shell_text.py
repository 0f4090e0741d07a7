"""POSIX shell text that nothing can break out of. Takes strings; gives words that `sh` reads back as these strings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from speckleforge.errors import DesignError, Problem

_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")


def word(value: str) -> str:
    """One word of a command.

    Raises
    ------
    DesignError
        The value has a NUL, or a surrogate, which no encoding has.
    """
    if "\0" in value or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise DesignError(Problem("a character that a shell cannot carry", "sh", repr(value), "no NUL, no surrogate"))
    if _BARE.fullmatch(value) and not value.startswith("="):
        return value
    quoted = value.replace("'", "'\\''")
    return f"'{quoted}'"


def words(values: Iterable[str]) -> str:
    """Several words."""
    return " ".join(word(value) for value in values)


def comment(text: str) -> str:
    """Comment lines."""
    return "".join(f"# {line}".rstrip() + "\n" for line in re.split(r"[\r\n]", text))

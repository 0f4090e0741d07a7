"""Tcl text that nothing can break out of. Takes strings; gives words that Tcl reads back as exactly these strings.

Every word is ASCII, so that it does not matter in which encoding a tool reads its script. A word is one argument, but
a command may still take one that begins with `-` for an option: `argument` refuses those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from speckleforge.errors import DesignError, Problem

_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_BRACED = re.compile(r"[\x20-\x7e]+")
_NO_BRACES = re.compile(r"[{}\\]")
_KEPT = re.compile(r"[A-Za-z0-9_./:@%+,=' -]")


def word(value: str) -> str:
    """One word of a command.

    Raises
    ------
    DesignError
        The value has a NUL or a character beyond U+FFFF, which Tcl 8 does not carry.
    """
    check(value)
    if _BARE.fullmatch(value):
        return value
    if _BRACED.fullmatch(value) and not _NO_BRACES.search(value):
        return f"{{{value}}}"
    return f'"{"".join(map(_escaped, value))}"'


def words(values: Iterable[str]) -> str:
    """Several words, each an argument of its own."""
    return " ".join(word(value) for value in values)


def argument(value: str) -> str:
    """A word that no command can take for an option.

    Raises
    ------
    DesignError
        It begins with `-`, or `word` refuses it.
    """
    if value.startswith("-"):
        raise DesignError(Problem("would be taken for an option", "Tcl", repr(value), "a value that begins otherwise"))
    return word(value)


def list_word(values: Iterable[str]) -> str:
    """One word that is a list of these values."""
    return word(list_value(values))


def list_value(values: Iterable[str]) -> str:
    """The string that Tcl takes for a list of these values; not yet a word of a script."""
    return " ".join(_element(value) for value in values)


def comment(text: str) -> str:
    """Comment lines; a backslash at a line's end would join the next one to the comment, so there is none."""
    kept = "".join(char if " " <= char <= "~" and char != "\\" else "?" if char != "\n" else char for char in text)
    return "".join(f"# {line}".rstrip() + "\n" for line in kept.split("\n"))


def check(value: str) -> None:
    """Raise a `DesignError` for what Tcl 8 cannot carry."""
    for char in value:
        if char == "\0" or ord(char) > 0xFFFF or 0xD800 <= ord(char) <= 0xDFFF:
            got = f"U+{ord(char):04X} in {value!r}"
            raise DesignError(
                Problem("a character that Tcl cannot carry", "Tcl", got, "U+0001 to U+FFFF, no surrogates")
            )


def _element(value: str) -> str:
    """An element of a list: the same rules as for a word, and no comment mark at the head of a list."""
    return word(value) if value else "{}"


def _escaped(char: str) -> str:
    """A character between double quotes."""
    return char if _KEPT.match(char) else f"\\u{ord(char):04x}"

"""Constraint text (XDC) that nothing can break out of. Takes names; gives text; refuses what XDC cannot name.

XDC is read by Tcl, but its object queries take patterns, in which quoting does not help: `*` and `?` match others, and
so a name is taken only where it stands for itself.
"""

from __future__ import annotations

import re

from speckleforge.errors import DesignError, Problem

_PORT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[\d+\])?")
_CELL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[\d+\])?(/[A-Za-z_][A-Za-z0-9_]*(\[\d+\])?)*")
_VALUE = re.compile(r"[A-Za-z0-9_.+-]+")


def ports(*names: str) -> str:
    """`[get_ports {...}]` of exactly these ports."""
    return f"[get_ports {{{' '.join(_named(name, _PORT, 'port') for name in names)}}}]"


def cells(*names: str) -> str:
    """`[get_cells {...}]` of exactly these instances, by their paths with `/`."""
    return f"[get_cells {{{' '.join(_named(name, _CELL, 'instance') for name in names)}}}]"


def name(value: str) -> str:
    """A name that a constraint gives: of a clock or a pblock."""
    return _named(value, _PORT, "object")


def value(text: str) -> str:
    """A property's value, such as a site or an electrical standard."""
    return _named(text, _VALUE, "value")


def comment(text: str) -> str:
    """Comment lines; a backslash at a line's end would join the next one to the comment."""
    kept = "".join(char if char == "\n" or (" " <= char <= "~" and char != "\\") else "?" for char in text)
    return "".join(f"# {line}".rstrip() + "\n" for line in kept.split("\n"))


def _named(text: str, pattern: re.Pattern[str], what: str) -> str:
    """The text, or an error."""
    if not pattern.fullmatch(text):
        allowed = f"{pattern.pattern} (no pattern, no other character)"
        raise DesignError(Problem(f"no {what} that a constraint can name", "XDC", repr(text), allowed))
    return text

"""Lines of an HLS configuration file (`key=value`). Takes keys and values; gives text; there is no quoting in it.

`v++` reads it with Boost's program options: `#` begins a comment anywhere, blanks at both ends are dropped.
Source: UG1702, Vitis Reference Guide, "v++ Mode HLS"; Boost.Program_options, "Configuration file".
"""

from __future__ import annotations

import re

from speckleforge.errors import DesignError, Problem

_KEY = re.compile(r"[a-z][A-Za-z0-9_.]*")
_VALUE = re.compile(r"[\x21-\x22\x24-\x7e]([\x20-\x22\x24-\x7e]*[\x21-\x22\x24-\x7e])?")


def line(key: str, value: str) -> str:
    """One line.

    Raises
    ------
    DesignError
        The value has a `#`, a line's end, blanks at an end, or no printable ASCII.
    """
    if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
        allowed = "printable ASCII without #, no blanks at the ends"
        raise DesignError(Problem("a configuration file cannot carry this", key, repr(value), allowed))
    return f"{key}={value}\n"

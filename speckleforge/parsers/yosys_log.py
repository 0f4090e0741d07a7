"""Log of yosys. Takes its text; gives what no report file holds: inferred latches and warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_LATCH = re.compile(r"Latch inferred for signal `(?P<signal>\S+)' from process")
_WARNING = re.compile(r"^Warning: (.*)$", re.MULTILINE)
_HEADER = re.compile(r"^\d[\d.]*\. Executing ", re.MULTILINE)


@dataclass(frozen=True)
class YosysLog:
    """A log.

    Attributes
    ----------
    latches
        Signals (`module.signal`) that keep their value where a combinational process does not set them.
    warnings
        All warnings, each text once, in order.
    """

    latches: tuple[str, ...]
    warnings: tuple[str, ...]


def parse_yosys_log(text: str, where: str = "synthesis.log") -> YosysLog:
    """Parse what yosys printed.

    Raises
    ------
    FormatError
        No pass was executed in it.
    """
    if not _HEADER.search(text):
        raise FormatError(Problem("not a yosys log", where, got=text[:60].strip() or "an empty file"))
    return YosysLog(
        latches=_once(match["signal"].replace("\\", "") for match in _LATCH.finditer(text)),
        warnings=_once(match[1] for match in _WARNING.finditer(text)),
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, in order."""
    return tuple(dict.fromkeys(texts))

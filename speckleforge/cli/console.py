"""Where text goes. Takes results; gives stdout (text, or one JSON document) and stderr (notes); decides no content."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_COLOURS = {"green": "32", "yellow": "33", "red": "31", "bold": "1", "dim": "2"}


@dataclass(frozen=True)
class Console:
    """Standard output and error.

    Attributes
    ----------
    json
        Text is left out; `document` alone prints.
    """

    json: bool = False

    def say(self, text: str = "") -> None:
        """A line of the result, for people."""
        if not self.json:
            print(text)

    def document(self, record: Any) -> None:
        """The result, for machines; prints nothing without `--json`."""
        if self.json:
            print(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False))

    def note(self, text: str) -> None:
        """A line beside the result; that nobody reads it is no reason to stop."""
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)

    def paint(self, text: str, colour: str) -> str:
        """`text` in a colour where stdout is a terminal that wants one."""
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if wants_colour(sys.stdout) else text


def wants_colour(stream: Any) -> bool:
    """True on a terminal without NO_COLOR. Source: no-color.org."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def table(rows: Sequence[Sequence[str]], header: Sequence[str], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table in plain text; columns in `right` are numbers."""
    whole = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[column]) for row in whole) for column in range(len(header))]
    lines = []
    for row in whole:
        cells = [
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines

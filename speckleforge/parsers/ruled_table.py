"""Tables of timing reports: a line of names over a line of dashes, numbers set right.

Takes lines; gives names and numbers by column.

An empty cell is None, so numbers are told by where they end. A number that ends where none can end is a cut file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.printed_numbers import number

_RULE = re.compile(r"^\s*-{2,}(?:\s+-{2,})+\s*$")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class RuledRow:
    """One row: its texts at the left, and its numbers by column name (None: empty or `NA`)."""

    names: tuple[str, ...]
    numbers: dict[str, int | float | None]
    depth: int


@dataclass(frozen=True)
class _Column:
    """A column: its name, and where its dashes begin and end."""

    name: str
    start: int
    end: int


def read_ruled_rows(lines: Sequence[str], where: str) -> list[RuledRow]:
    """Rows of the first such table in these lines, up to the next empty line; none where there is no table.

    Raises
    ------
    FormatError
        A row is cut.
    """
    at = next((at for at, line in enumerate(lines) if at and _RULE.match(line)), None)
    if at is None:
        return []
    columns = [
        _Column(lines[at - 1][m.start() : m.end()].strip(), m.start(), m.end()) for m in _WORD.finditer(lines[at])
    ]
    texts = [column for column in columns if not _is_number(column)]
    numbers = [column for column in columns if _is_number(column)]
    rows = []
    for line in lines[at + 1 :]:
        if not line.strip():
            break
        rows.append(_row(line, texts, numbers, where))
    return rows


def _is_number(column: _Column) -> bool:
    """Whether a column holds numbers: its name has a unit or counts endpoints."""
    return column.name.endswith(("(ns)", "Endpoints"))


def _row(line: str, texts: Sequence[_Column], numbers: Sequence[_Column], where: str) -> RuledRow:
    """One row."""
    begin = numbers[0].start if numbers else len(line) + 1
    words = [word for word in _WORD.finditer(line) if word.end() > begin]
    found = _at_their_ends(words, numbers) or _pushed_right(words, numbers)
    if found is None:
        raise FormatError(Problem("a row of a timing table is cut", where, got=" ".join(line.split())[:60]))
    left = line[: words[0].start() if words else len(line)]
    marks = [*(column.start for column in texts), len(left)]
    names = tuple(left[start:end].strip() for start, end in pairwise(marks))
    return RuledRow(names, {name: number(text) for name, text in found.items()}, len(line) - len(line.lstrip()))


def _at_their_ends(words: Sequence[re.Match[str]], numbers: Sequence[_Column]) -> dict[str, str] | None:
    """Words by the column in whose last place they end; None if one ends elsewhere."""
    ends = {word.end(): word[0] for word in words}
    if not set(ends) <= {column.end for column in numbers}:
        return None
    return {column.name: ends.get(column.end, "") for column in numbers}


def _pushed_right(words: Sequence[re.Match[str]], numbers: Sequence[_Column]) -> dict[str, str] | None:
    """Words of a full row in which a wide number pushed the others to the right; None if it is not full."""
    if len(words) != len(numbers) or any(w.end() < column.end for w, column in zip(words, numbers, strict=True)):
        return None
    return {column.name: word[0] for word, column in zip(words, numbers, strict=True)}

"""Tables in boxes of `+---+` and `|`.

Takes a report's text; gives tables with column names and rows, each under its title.

A row that does not reach the right border, or a table without its last border, is a cut file: no number is taken from
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from speckleforge.errors import FormatError, Problem

_BORDER = re.compile(r"^\s*\+(?:[-=]+\+)+\s*$")
_CUT_BORDER = re.compile(r"^\s*\+-[-+]*$")
_SECTION = re.compile(r"^== (?P<title>\S.*?)\s*$")
_LABEL = re.compile(r"^\s*[*+]\s+(?P<title>[A-Z][\w /&()-]{0,40}?):?\s*$")
_NUMBER = re.compile(r"^\d+(\.\d+)*\.?\s+")

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    section
        Text of the last `== ...` line above (HLS reports); may be empty.
    title
        The underlined title above it without its number (`Slice Logic`), or its label (`* Summary:` gives `Summary`).
    columns
        Names; of a header in several lines the lines joined (`Latency (cycles) min`).
    head
        Cells of the first block as printed: the header, or the rows of a table that has none.
    rows
        Cells behind the header as printed: leading blanks tell the depth.
    """

    section: str
    title: str
    columns: Cells
    head: tuple[Cells, ...]
    rows: tuple[Cells, ...]

    def records(self) -> Iterator[Mapping[str, str]]:
        """Rows as column name -> text without blanks around it."""
        for row in self.rows:
            yield dict(zip(self.columns, (cell.strip() for cell in row), strict=True))

    def pairs(self) -> dict[str, str]:
        """Rows of a table of two columns without a header, as name -> text."""
        return {row[0].strip(): row[1].strip() for row in self.head if len(row) == 2}

    def has(self, *columns: str) -> bool:
        """Whether it has all these columns."""
        return set(columns) <= set(self.columns)


def read_tables(text: str, where: str) -> tuple[Table, ...]:
    """All tables of a text, in order.

    Raises
    ------
    FormatError
        A table is cut, or a row has other columns than its border.
    """
    lines = text.split("\n")
    found, at, section, title = [], 0, "", ""
    while at < len(lines):
        if _BORDER.match(lines[at]):
            end = _end(lines, at)
            found.append(_table(lines[at:end], section, title, f"{where}:{at + 1}"))
            at = end
            continue
        if _CUT_BORDER.match(lines[at]):
            raise FormatError(
                Problem("a table is cut within its border", f"{where}:{at + 1}", got=lines[at].strip()[:60])
            )
        heading = _SECTION.match(lines[at])
        section, title = (heading["title"], "") if heading else (section, _title(lines, at) or title)
        at += 1
    return tuple(found)


def titled(tables: Sequence[Table], *titles: str) -> tuple[Table, ...]:
    """Those whose title is one of `titles`, case ignored."""
    wanted = {title.casefold() for title in titles}
    return tuple(table for table in tables if table.title.casefold() in wanted)


def underlined_title(lines: Sequence[str], at: int) -> str | None:
    """The title in line `at` without its number, if the next line underlines it."""
    title = lines[at].strip()
    if not title or at + 1 >= len(lines):
        return None
    line = lines[at + 1].strip()
    return _NUMBER.sub("", title) if set(line) == {"-"} and len(line) == len(title) else None


def _title(lines: Sequence[str], at: int) -> str | None:
    """The title or label in line `at`, if it is one."""
    label = _LABEL.match(lines[at])
    return label["title"] if label else underlined_title(lines, at)


def _end(lines: Sequence[str], start: int) -> int:
    """Line behind the table whose first border is line `start`."""
    end = start + 1
    while end < len(lines) and lines[end].lstrip().startswith(("|", "+")):
        end += 1
    return end


def _table(lines: Sequence[str], section: str, title: str, where: str) -> Table:
    """The table in these lines, borders included."""
    if len(lines) < 3 or not _BORDER.match(lines[-1]):
        raise FormatError(Problem("a table is cut: no last border", where, got=lines[-1].strip()[:60]))
    marks = _marks(lines[-1])
    head, rows = _head_and_rows(lines, marks)
    header = [_header_cells(line, marks, where) for line in head]
    return Table(section, title, _names(header), tuple(header), tuple(_cells(line, marks, where) for line in rows))


def _head_and_rows(lines: Sequence[str], marks: Sequence[int]) -> tuple[list[str], list[str]]:
    """Lines of the header and of the rows; a header goes on below a border that has other columns than the last one."""
    blocks: list[list[str]] = []
    borders: list[list[int]] = []
    for line in lines:
        if _BORDER.match(line):
            blocks.append([])
            borders.append(_marks(line))
        else:
            blocks[-1].append(line)
    size = next((at + 1 for at, border in enumerate(borders) if border == list(marks)), len(blocks))
    return [line for block in blocks[:size] for line in block], [line for block in blocks[size:] for line in block]


def _marks(border: str) -> list[int]:
    """Positions of the `+` in a border."""
    return [at for at, sign in enumerate(border) if sign == "+"]


def _cells(line: str, marks: Sequence[int], where: str) -> Cells:
    """Cells of a row: at the border's marks, or between its bars where a long name moved them."""
    line = line.rstrip()
    if len(line) == marks[-1] + 1 and all(line[mark] == "|" for mark in marks):
        return tuple(line[left + 1 : right].rstrip() for left, right in pairwise(marks))
    parts = line.strip().split("|")
    if not line.endswith("|") or len(parts) != len(marks) + 1:
        raise FormatError(Problem("a row of a table is cut or has other columns", where, got=line.strip()[:60]))
    return tuple(part.rstrip() for part in parts[1:-1])


def _header_cells(line: str, marks: Sequence[int], where: str) -> Cells:
    """Cells of a header line: a cell over several columns stands in each."""
    line = line.rstrip()
    if len(line) != marks[-1] + 1:
        return _cells(line, marks, where)
    bars = [at for at, sign in enumerate(line) if sign == "|"]
    if not bars or bars[0] != marks[0] or bars[-1] != marks[-1]:
        raise FormatError(Problem("the header of a table is cut", where, got=line.strip()[:60]))
    spans = [(max(b for b in bars if b <= left), min(b for b in bars if b > left)) for left in marks[:-1]]
    return tuple(line[left + 1 : right].rstrip() for left, right in spans)


def _names(header: Sequence[Cells]) -> Cells:
    """Column names: the lines of a header from top to bottom, each text once."""
    return tuple(
        " ".join(dict.fromkeys(cell.strip() for cell in column if cell.strip())) for column in zip(*header, strict=True)
    )

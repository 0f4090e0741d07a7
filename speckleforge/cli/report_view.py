"""A parsed report for a reader. Takes a report of any kind; gives lines: what it is, single values, tables.

Long texts and tables are cut, and say so; columns of a table in which nothing is told are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from speckleforge.cli.console import table
from speckleforge.parsers.report_kinds import KINDS, Report

_ROWS, _WIDTH = 40, 60
_LEFT_OUT = {"kind", "tool", "version", "stage"}
_BELOW = ("children", "loops", "below")  # fields that hold a record's own kind: a tree
_UNKNOWN = "-"


def show(name: str, report: Report) -> Iterator[str]:
    """Lines of one report."""
    record = report.as_dict()
    what = next(kind.what for kind in KINDS if kind.name == report.kind)
    tool = " ".join(text for text in (report.tool, report.version) if text) or "tool not named"
    stage = (report.stage or "stage not named").replace("_", " ") if report.kind != "log" else "log"
    yield f"{name}: {what}; {tool}; {stage}"
    if report.kind == "log":
        record.pop("messages")  # the ones that matter stand under errors and critical_warnings
    yield from _mapping({key: value for key, value in record.items() if key not in _LEFT_OUT}, "")
    yield ""


def _mapping(values: Mapping[str, Any], title: str) -> Iterator[str]:
    """Single values first, then what is larger under its name."""
    if title:
        yield f"  {title}"
    small = {key: _cell(value) for key, value in values.items() if not _is_large(value)}
    yield from _indented(table([[key, text] for key, text in small.items() if text != _UNKNOWN], ("", "")))
    for word, keys in (
        ("none", [k for k in small if values[k] is not None]),
        ("not told", [k for k in small if values[k] is None]),
    ):
        missing = [key for key in keys if small[key] == _UNKNOWN]
        if missing:
            yield f"    {word}: {', '.join(missing)}"
    for key, value in values.items():
        if _is_large(value):
            yield from _large(value, f"{title}.{key}" if title else key)


def _is_large(value: Any) -> bool:
    """Whether a value needs more than a cell: a table, or a record with such."""
    if isinstance(value, Mapping):
        return set(value) != {"low", "high"} and bool(value)
    return isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(e, Mapping) for e in value)


def _large(value: Any, title: str) -> Iterator[str]:
    """A record, a mapping of records, or a list of records."""
    if isinstance(value, Mapping):
        if all(isinstance(entry, Mapping) and entry for entry in value.values()):
            yield from _list([{"name": key, **entry} for key, entry in value.items()], title)
        else:
            yield from _mapping(value, title)
        return
    if all(set(entry) == {"title", "rows"} for entry in value):
        for entry in value:
            yield from _list(entry["rows"], f"{title}: {entry['title']}")
        return
    yield from _list(value, title)


def _list(entries: Sequence[Mapping[str, Any]], title: str) -> Iterator[str]:
    """A table of records; trees are indented."""
    rows = list(_flat(entries, 0))
    columns = [
        key for key in dict.fromkeys(key for row in rows for key in row) if any(_told(row.get(key)) for row in rows)
    ]
    yield f"  {title} ({len(rows)})"
    if not columns:
        return
    shown = [[_cell(row.get(column)) for column in columns] for row in rows[:_ROWS]]
    numbers = [at for at in range(1, len(columns)) if all(_is_number(row[at]) for row in shown)]
    yield from _indented(table(shown, columns, numbers))
    if len(rows) > _ROWS:
        yield f"    ... {len(rows) - _ROWS} more rows; --json gives all"


def _flat(entries: Sequence[Mapping[str, Any]], depth: int) -> Iterator[dict[str, Any]]:
    """Records of a tree from top to bottom, their first text indented."""
    for entry in entries:
        row = _spread({key: value for key, value in entry.items() if key not in _BELOW})
        level = depth + (row.pop("depth", 0) or 0)
        first = next(iter(row))
        if level and isinstance(row[first], str):
            row[first] = "  " * level + row[first]
        yield row
        for key in _BELOW:
            yield from _flat(entry.get(key) or (), depth + 1)


def _spread(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record whose inner records of single values have columns of their own."""
    spread: dict[str, Any] = {}
    for key, value in row.items():
        if (
            isinstance(value, Mapping)
            and set(value) != {"low", "high"}
            and not any(_is_large(v) for v in value.values())
        ):
            spread |= value
        else:
            spread[key] = value
    return spread


def _told(value: Any) -> bool:
    """Whether there is anything to show."""
    return _cell(value) != _UNKNOWN


def _cell(value: Any) -> str:
    """A value in a cell."""
    if value is None or value in ([], {}, ""):
        return _UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    words = _words(value)
    text = " " * (len(words) - len(words.lstrip(" "))) + " ".join(words.split())  # a tree's depth stays
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _words(value: Any) -> str:
    """A text, a range, or what a small record or list holds."""
    if isinstance(value, Mapping) and set(value) == {"low", "high"}:
        return " ~ ".join(dict.fromkeys(_cell(end) for end in (value["low"], value["high"])))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_cell(entry)}" for key, entry in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_cell(entry) for entry in value)
    return str(value)


def _is_number(text: str) -> bool:
    """Whether a cell is a number or unknown."""
    return text == _UNKNOWN or text.replace(".", "", 1).replace("-", "", 1).isdigit()


def _indented(lines: Sequence[str]) -> Iterator[str]:
    """Lines of a table below its title."""
    for line in lines:
        if line.strip():
            yield f"    {line}"

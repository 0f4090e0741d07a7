"""Pieces of C++ text: constants of a struct, lists over several lines. Takes names and values; gives lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LINE = 120  # characters


def integers(values: dict[str, int]) -> Iterator[str]:
    """Constants of a struct, a line each."""
    yield from (f"    static const int {name} = {value};" for name, value in values.items())


def wrapped(head: str, items: Sequence[str], tail: str, indent: str = "") -> Iterator[str]:
    """A list over as many lines as it takes; the further ones begin below its first item, or with `indent`."""
    line, indent = head, indent or " " * len(head)
    for index, item in enumerate(items):
        end = tail if index == len(items) - 1 else ","
        if len(line) + len(item) + len(end) > LINE and line.strip():
            yield line.rstrip()
            line = indent
        line += item + end + ("" if end == tail else " ")
    yield line

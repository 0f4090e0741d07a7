"""Instances in yosys' intermediate language (`dump` of cells). Takes its text; gives instance names by module."""

from __future__ import annotations

import re

_CELL = re.compile(r"^\s*cell (?P<module>\S+) (?P<instance>\S+)$", re.MULTILINE)


def parse_instances(text: str) -> dict[str, tuple[str, ...]]:
    """Names of the instances of each module, both without yosys' leading backslash; in the order of the text."""
    found: dict[str, list[str]] = {}
    for match in _CELL.finditer(text):
        found.setdefault(match["module"].removeprefix("\\"), []).append(match["instance"].removeprefix("\\"))
    return {module: tuple(names) for module, names in found.items()}

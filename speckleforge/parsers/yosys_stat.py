"""Report of yosys' `stat -json` (with or without `-hierarchy`). Takes its text; gives cells per module and in total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.parsers.json_fields import integer, load_object, mapping

STAGE = "synthesised"


@dataclass(frozen=True)
class ModuleCells:
    """One module of the netlist.

    Attributes
    ----------
    name
        As yosys writes it, without the leading backslash; parametrised modules begin with `$paramod`.
    cells
        Count of each cell type in the module itself; instances of other modules of the design are left out.
    instances
        Count of each module of the design that it instantiates.
    """

    name: str
    cells: Mapping[str, int]
    instances: Mapping[str, int]

    @property
    def base_name(self) -> str:
        """The module's name in the source: `sf_conv2d` for `$paramod$01ab\\sf_conv2d`."""
        return base_name(self.name)


@dataclass(frozen=True)
class YosysStat:
    """A `stat` report; the unit of every count is cells.

    Attributes
    ----------
    creator
        Tool and version, e.g. `Yosys 0.70`; None where the report does not say.
    modules
        All modules of the design.
    cells
        Totals of the whole design below its top; None where the report has no `design` entry.
    stage
        What the numbers are worth.
    """

    creator: str | None
    modules: tuple[ModuleCells, ...]
    cells: Mapping[str, int] | None
    stage: str = STAGE


def base_name(name: str) -> str:
    """A module's name in the source: its parameters, and yosys' way of writing them, removed."""
    match = re.match(r"\$paramod\$[0-9a-f]+\\(?P<hashed>[^\\]+)$|\$paramod\\(?P<listed>[^\\]+)", name)
    return (match["hashed"] or match["listed"]) if match else name.removeprefix("\\")


def parse_yosys_stat(text: str, where: str = "stat.json") -> YosysStat:
    """Parse the output of `stat -json`.

    Raises
    ------
    FormatError
        It is no such report.
    """
    report = load_object(text, "a yosys stat report", where, ("modules",))
    modules = mapping(report["modules"])
    names = set(modules)
    creator = report.get("creator")
    design = report.get("design")
    return YosysStat(
        creator=_short(creator) if isinstance(creator, str) else None,
        modules=tuple(_module(name, mapping(entry), names) for name, entry in modules.items()),
        cells=None if design is None else _totals(mapping(design), names),
    )


def _short(creator: str) -> str:
    """`Yosys 0.70` without the commit and the compiler."""
    return creator.split(" (", maxsplit=1)[0]


def _module(name: str, entry: Mapping[str, Any], names: set[str]) -> ModuleCells:
    """One module's record."""
    instances = _counts(entry, names, inside=True) | _numbers(entry.get("num_submodules_by_type"), local=False)
    return ModuleCells(name.removeprefix("\\"), _counts(entry, names, inside=False), instances)


def _counts(entry: Mapping[str, Any], names: set[str], *, inside: bool) -> dict[str, int]:
    """Cell counts whose type is (`inside`) or is not a module of the design."""
    counts = _numbers(entry.get("num_cells_by_type"), local=True)
    return {cell: count for cell, count in counts.items() if (cell in names or f"\\{cell}" in names) == inside}


def _totals(entry: Mapping[str, Any], names: set[str]) -> dict[str, int]:
    """Cell counts of the whole design, modules of the design themselves left out."""
    counts = _numbers(entry.get("num_cells_by_type"), local=False)
    return {cell: count for cell, count in counts.items() if cell not in names and f"\\{cell}" not in names}


def _numbers(value: Any, *, local: bool) -> dict[str, int]:
    """Counts by type; with `-hierarchy` each is an object of texts with and without the modules below."""
    found = {}
    for cell, entry in mapping(value).items():
        chosen = mapping(entry).get("local_count" if local else "count") if isinstance(entry, dict) else entry
        count = integer(chosen)
        if count:
            found[cell.removeprefix("\\")] = count
    return found

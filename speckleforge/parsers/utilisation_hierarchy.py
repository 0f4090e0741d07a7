"""Report of `report_utilization -hierarchical`.

Takes its text; gives the tree of instances with the counts of each column.

A child named like its parent in parentheses is the parent's own logic, without its children.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables
from speckleforge.parsers.printed_numbers import number
from speckleforge.parsers.vivado_header import VivadoReport, read_header

TITLE = "Utilization by Hierarchy"
_DEEPEST = 100
_TEXTS = ("Instance", "Module", "PR Attribute")
_DSP = ("DSP Blocks", "DSP48 Blocks", "DSP Slices")
_SHARE = re.compile(r"\([<0-9.]+%\)$")


@dataclass(frozen=True)
class Instance:
    """One instance with all below it.

    Attributes
    ----------
    counts
        By column name as printed (`Total LUTs`, `Logic LUTs`, `LUTRAMs`, `SRLs`, `FFs`, `RAMB36`, ...); None where `-`
        is printed.
    totals
        The same under the names of the flat report: `lutram` is distributed RAM and shift registers, `bram` in RAMB36
        (halves).
    """

    name: str
    module: str
    counts: Mapping[str, int | float | None]
    totals: Mapping[str, int | float | None]
    children: tuple[Instance, ...]


@dataclass(frozen=True)
class UtilisationHierarchy(VivadoReport):
    """A whole report; usually with one root, the top module."""

    instances: tuple[Instance, ...]

    def find(self, path: str) -> Instance | None:
        """The instance with this path of names below the root, such as `system_i/tpu`.

        The root itself for an empty one.
        """
        found: Instance | None = self.instances[0]
        for name in path.split("/") if path else ():
            found = next((child for child in found.children if child.name == name), None) if found else None
        return found


def parse_utilisation_hierarchy(text: str, where: str = "utilization_hierarchical.rpt") -> UtilisationHierarchy:
    """Parse the hierarchical report, with or without percentages.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    header, body = read_header(text, where)
    table = next((table for table in read_tables(body, where) if table.has("Instance", "Module")), None)
    if table is None or not table.rows:
        raise FormatError(Problem("not a utilisation report by hierarchy, or cut before its table", where))
    return UtilisationHierarchy(header, header.stage, _tree(table, where))


def _tree(table: Table, where: str) -> tuple[Instance, ...]:
    """Roots: a row belongs to the nearest row above it that is less indented."""
    depths = [len(row[0]) - len(row[0].lstrip()) for row in table.rows]
    parents = _parents(depths, where)
    children: list[list[Instance]] = [[] for _ in depths]
    roots: list[Instance] = []
    for at, record in reversed(list(enumerate(table.records()))):
        counts = {name: _count(text) for name, text in record.items() if name not in _TEXTS}
        below = tuple(reversed(children[at]))
        instance = Instance(record["Instance"], record["Module"], counts, _totals(counts), below)
        parent = parents[at]
        (roots if parent is None else children[parent]).append(instance)
    return tuple(reversed(roots))


def _parents(depths: Sequence[int], where: str) -> list[int | None]:
    """Row of the parent of each row."""
    above: list[int] = []
    parents: list[int | None] = []
    for at, depth in enumerate(depths):
        while above and depths[above[-1]] >= depth:
            above.pop()
        parents.append(above[-1] if above else None)
        above.append(at)
        if len(above) > _DEEPEST:
            raise FormatError(Problem(f"a hierarchy deeper than {_DEEPEST} levels", where))
    return parents


def _totals(counts: Mapping[str, int | float | None]) -> dict[str, int | float | None]:
    """Counts under common names."""
    get = counts.get
    return {
        "lut": get("Total LUTs"),
        "lut_logic": get("Logic LUTs"),
        "lutram": _sum(get("LUTRAMs"), get("SRLs")),
        "srl": get("SRLs"),
        "ff": get("FFs"),
        "dsp": next((counts[name] for name in _DSP if name in counts), None),
        "bram": _sum(get("RAMB36"), get("RAMB18"), weight=0.5),
        "uram": get("URAM"),
    }


def _count(text: str) -> int | float | None:
    """A count, without the share behind it (`12(0.5%)`)."""
    return number(_SHARE.sub("", text))


def _sum(first: int | float | None, second: int | float | None, weight: float = 1) -> int | float | None:
    """first + weight * second; None if one is missing. Whole numbers stay integers."""
    if first is None or second is None:
        return None
    total = first + weight * second
    return int(total) if total == int(total) else total

"""Cells to resources. Takes a yosys report and a family's table; gives counts per resource, in total and per module."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.yosys_stat import STAGE, ModuleCells, YosysStat

RESOURCES = ("lut", "lutram", "ff", "dsp", "bram")

CellTable = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class ModuleUsage:
    """Resources of one module with all that it contains, per instance.

    Attributes
    ----------
    name
        Of the module in the source: a kernel's kind.
    instances
        How many there are in the whole design.
    instance_names
        What they are called where they are instantiated: a layer's name; empty for the top.
    resources
        Counts per resource.
    """

    name: str
    instances: int
    instance_names: tuple[str, ...]
    resources: Mapping[str, int]


def total_cells(stat: YosysStat, top: str) -> Counter[str]:
    """Cells of the whole design below `top`."""
    cells = _cells(top, _by_name(stat), {})
    # Notes of yosys on dissolved modules are no hardware.
    return Counter({cell: count for cell, count in cells.items() if not cell.startswith("$")})


def resources_of(cells: Mapping[str, int], table: CellTable) -> dict[str, int]:
    """Counts per resource; half blocks are rounded up at the end."""
    return {
        name: math.ceil(sum(cells.get(cell, 0) * weight for cell, weight in table[name].items())) for name in RESOURCES
    }


def module_usage(
    stat: YosysStat, top: str, table: CellTable, names: Mapping[str, tuple[str, ...]] | None = None
) -> list[ModuleUsage]:
    """One row per module under the top, largest first."""
    modules = _by_name(stat)
    known: dict[str, Counter[str]] = {}
    counts = _instances(top, modules)
    rows = [
        ModuleUsage(
            module.base_name,
            counts[name],
            (names or {}).get(name, ()),
            resources_of(_cells(name, modules, known), table),
        )
        for name, module in modules.items()
        if counts[name]
    ]
    return sorted(rows, key=lambda row: (-row.resources["lut"], row.name, -row.instances))


def resource_records(counts: Mapping[str, int], target: Mapping[str, Any], tool: str) -> dict[str, Any]:
    """Each count with what the target has, the share of it and of one SLR, and where the number comes from."""
    records = {}
    for name, value in counts.items():
        available = target["resources"][name]["count"]
        record = {
            "value": value,
            "available": available,
            "share": _share(value, available),
            "stage": STAGE,
            "tool": tool,
        }
        slr = target.get("slr")
        if slr:
            record["share_of_one_slr"] = _share(value, slr[name]["count"])
        records[name] = record
    return records


def _share(value: int, available: int | None) -> float | None:
    """A fraction with six decimals; None where the board's count is unknown."""
    return round(value / available, 6) if available else None


def _by_name(stat: YosysStat) -> dict[str, ModuleCells]:
    """Modules by their full name."""
    return {module.name: module for module in stat.modules}


def _cells(name: str, modules: Mapping[str, ModuleCells], known: dict[str, Counter[str]]) -> Counter[str]:
    """Cells of a module and of all that it contains."""
    if name not in modules:
        where, have = "stat.json", ", ".join(sorted(modules))[:200]
        raise FormatError(Problem("the report has no such module", where, got=name, allowed=have))
    if name not in known:
        cells = Counter(modules[name].cells)
        for inner, count in modules[name].instances.items():
            for cell, number in _cells(inner, modules, known).items():
                cells[cell] += number * count
        known[name] = cells
    return known[name]


def _instances(top: str, modules: Mapping[str, ModuleCells]) -> Counter[str]:
    """How often each module occurs in the whole design."""
    counts: Counter[str] = Counter()

    def visit(name: str, times: int) -> None:
        counts[name] += times
        for inner, number in modules[name].instances.items():
            visit(inner, times * number)

    visit(top, 1)
    return counts

"""Report of `report_clock_utilization`.

Takes its text; gives clock primitives, global clocks and what each clock region uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables
from speckleforge.parsers.printed_numbers import integer, real
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Clock Utilization Report"


@dataclass(frozen=True)
class ClockPrimitive:
    """Buffers, MMCMs and PLLs of one kind."""

    kind: str
    used: int | None
    available: int | None


@dataclass(frozen=True)
class GlobalClock:
    """A global clock; None where its table has no such column or prints none."""

    global_id: str
    driver: str | None
    site: str | None
    clock_loads: int | None
    non_clock_loads: int | None
    period_ns: float | None
    clock: str | None
    net: str | None


@dataclass(frozen=True)
class ClockRegion:
    """A clock region: used and available by resource, where the report has the table."""

    region: str
    used: Mapping[str, int | None]
    available: Mapping[str, int | None]


@dataclass(frozen=True)
class ClockUtilisation(VivadoReport):
    """A whole report.

    `clocks` is None where it has no table `Global Clock Resources` (before 2016), `regions` likewise.
    """

    primitives: tuple[ClockPrimitive, ...]
    clocks: tuple[GlobalClock, ...] | None
    regions: tuple[ClockRegion, ...] | None


def parse_clock_utilisation(text: str, where: str = "clock_utilization.rpt") -> ClockUtilisation:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    header, body = read_header(text, where)
    tables = read_tables(body, where)
    primitives = next((table for table in tables if table.has("Type", "Used", "Available")), None)
    if report_title(body) != TITLE or primitives is None:
        raise FormatError(Problem("not a clock utilisation report, or cut before its first table", where))
    return ClockUtilisation(
        header=header,
        stage=header.stage,
        primitives=tuple(
            ClockPrimitive(row["Type"], integer(row["Used"]), integer(row["Available"])) for row in primitives.records()
        ),
        clocks=_clocks(tables),
        regions=_regions(tables),
    )


def _clocks(tables: Sequence[Table]) -> tuple[GlobalClock, ...] | None:
    """The table of global clocks: the first one that begins with their id."""
    table = next((table for table in tables if table.columns[:1] == ("Global Id",)), None)
    if table is None:
        return None
    return tuple(
        GlobalClock(
            global_id=row["Global Id"],
            driver=row.get("Driver Type/Pin") or None,
            site=row.get("Site") or None,
            clock_loads=integer(row.get("Clock Loads")),
            non_clock_loads=integer(row.get("Non-Clock Loads")),
            period_ns=real(row.get("Clock Period")),
            clock=row.get("Clock") or None,
            net=row.get("Net") or None,
        )
        for row in table.records()
    )


def _regions(tables: Sequence[Table]) -> tuple[ClockRegion, ...] | None:
    """The table of clock regions, whose columns are pairs `X Used`, `X Avail`."""
    table = next((table for table in tables if table.columns[:1] == ("Clock Region Name",)), None)
    if table is None:
        return None
    return tuple(
        ClockRegion(row["Clock Region Name"], _ending(row, " Used"), _ending(row, " Avail")) for row in table.records()
    )


def _ending(row: Mapping[str, str], end: str) -> dict[str, int | None]:
    """Numbers of the columns whose names end so, by the name before."""
    return {name.removesuffix(end): integer(text) for name, text in row.items() if name.endswith(end)}

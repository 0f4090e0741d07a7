"""Report of `report_utilization`.

Takes its text; gives all rows, the totals under common names, primitives, black boxes, and each SLR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables, titled
from speckleforge.parsers.printed_numbers import bound, integer, number, real
from speckleforge.parsers.utilisation_names import Resource, SiteCount, totals_of, totals_of_slr
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Utilization Design Information"


@dataclass(frozen=True)
class SiteRow:
    """One row: None where the report has no such column or prints nothing.

    Attributes
    ----------
    site
        Name without the star of a footnote.
    depth
        0 for a row of its own, more for a part of the row above.
    percent, percent_below
        Share of the available ones; where `<0.01` is printed the share is None and its bound is `percent_below`.
    """

    site: str
    depth: int
    used: int | float | None
    fixed: int | None
    prohibited: int | None
    available: int | None
    percent: float | None
    percent_below: float | None


@dataclass(frozen=True)
class Section:
    """One table of sites under its title."""

    title: str
    rows: tuple[SiteRow, ...]


@dataclass(frozen=True)
class Reference:
    """How often a primitive, a black box or a netlist is used."""

    name: str
    used: int | None
    category: str | None = None


@dataclass(frozen=True)
class UtilisationReport(VivadoReport):
    """A whole report.

    Attributes
    ----------
    totals
        Resources under common names (see `utilisation_names`).
    control_sets
        Unique control sets; None before placement.
    slrs
        The same resources used in each super logic region, by its name; empty where the report has none.
    primitives, black_boxes, netlists
        None where the report has no such section.
    """

    totals: Mapping[str, Resource]
    control_sets: int | None
    sections: tuple[Section, ...]
    primitives: tuple[Reference, ...] | None
    black_boxes: tuple[Reference, ...] | None
    netlists: tuple[Reference, ...] | None
    slrs: Mapping[str, Mapping[str, int | float | None]]


def parse_utilisation_report(text: str, where: str = "utilization.rpt") -> UtilisationReport:
    """Parse the flat report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    header, body = read_header(text, where)
    tables = read_tables(body, where)
    sections = tuple(_section(table) for table in tables if table.has("Site Type", "Used"))
    if report_title(body) != TITLE or not sections:
        raise FormatError(
            Problem("not a utilisation report, or cut before its first table", where, got=report_title(body))
        )
    counts = [SiteCount(row.site, row.used, row.available) for section in sections for row in section.rows]
    primitives = _references(tables, "Primitives")
    return UtilisationReport(
        header=header,
        stage=header.stage,
        totals=totals_of(counts, None if primitives is None else {entry.name: entry.used for entry in primitives}),
        control_sets=next((integer(str(count.used)) for count in counts if count.site == "Unique Control Sets"), None),
        sections=sections,
        primitives=primitives,
        black_boxes=_references(tables, "Black Boxes"),
        netlists=_references(tables, "Instantiated Netlists"),
        slrs=_slrs(tables),
    )


def _section(table: Table) -> Section:
    """The rows of a table of sites."""
    return Section(
        table.title,
        tuple(_row(cells[0], record) for cells, record in zip(table.rows, table.records(), strict=True)),
    )


def _row(cell: str, record: Mapping[str, str]) -> SiteRow:
    """One row; each level of depth is two blanks behind the first one."""
    name = cell.strip()
    blanks = len(cell) - len(cell.lstrip())
    return SiteRow(
        site=name.rstrip("*"),
        depth=max(blanks - 1, 0) // 2,
        used=number(record.get("Used")),
        fixed=integer(record.get("Fixed")),
        prohibited=integer(record.get("Prohibited")),
        available=integer(record.get("Available")),
        percent=real(record.get("Util%")),
        percent_below=bound(record.get("Util%")),
    )


def _references(tables: Sequence[Table], title: str) -> tuple[Reference, ...] | None:
    """The entries of a table of names."""
    found = [table for table in titled(tables, title) if table.has("Ref Name", "Used")]
    if not found:
        return None
    return tuple(
        Reference(record["Ref Name"], integer(record["Used"]), record.get("Functional Category"))
        for record in found[0].records()
    )


def _slrs(tables: Sequence[Table]) -> dict[str, Mapping[str, int | float | None]]:
    """Resources of each super logic region."""
    table = next((table for table in tables if table.has("Site Type", "SLR0")), None)
    if table is None:
        return {}
    names = [column for column in table.columns if column.startswith("SLR") and not column.endswith("%")]
    records = list(table.records())
    return {
        name: totals_of_slr(
            [SiteCount(record["Site Type"].rstrip("*"), number(record[name]), None) for record in records]
        )
        for name in names
    }

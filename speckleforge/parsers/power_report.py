"""Report of `report_power`: estimates of Vivado, never measurements.

Takes its text; gives watts in total, by component and by instance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables, titled
from speckleforge.parsers.printed_numbers import bound, number, real
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Power Report"
SIMULATED, VECTORLESS = "simulation", "vectorless"
# `112.442 (Junction temp exceeded!)`. Source: public scripts that cut this remark off before they read the number.
_REMARK = re.compile(r"\s*\((?P<remark>[^()]*)\)\s*$")


@dataclass(frozen=True)
class PowerRow:
    """Power of one component or instance.

    Where `<0.001` is printed, `power_w` is None and `power_below_w` the bound.
    """

    name: str
    depth: int
    power_w: float | None
    power_below_w: float | None
    used: int | float | None = None
    available: int | float | None = None


@dataclass(frozen=True)
class Confidence:
    """What Vivado thinks of one sort of its input."""

    input: str
    confidence: str
    details: str


@dataclass(frozen=True)
class PowerReport(VivadoReport):
    """A whole report.

    Attributes
    ----------
    total_on_chip_w, dynamic_w, static_w
        Static is that of the device.
    junction_exceeded
        Vivado remarks beside the total that the device would get hotter than it may.
    confidence
        Overall: `Low`, `Medium` or `High`.
    activity
        `simulation` where an activity file (SAIF) is named, `vectorless` where the line is there and names none, None
        without the line.
    activity_file, nets_matched
        As printed; None without a file.
    components
        By sort of resource; `depth` 1 is a part of the row above.
    hierarchy
        By instance; None where the report has no such table.
    """

    total_on_chip_w: float | None
    dynamic_w: float | None
    static_w: float | None
    junction_temperature_c: float | None
    junction_exceeded: bool
    max_ambient_c: float | None
    ambient_c: float | None
    process: str | None
    confidence: str | None
    confidences: tuple[Confidence, ...]
    activity: str | None
    activity_file: str | None
    nets_matched: str | None
    components: tuple[PowerRow, ...]
    hierarchy: tuple[PowerRow, ...] | None


def parse_power_report(text: str, where: str = "power.rpt") -> PowerReport:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    header, body = read_header(text, where)
    tables = read_tables(body, where)
    summary = next((table.pairs() for table in tables if "Total On-Chip Power (W)" in table.pairs()), None)
    if report_title(body) != TITLE or summary is None:
        raise FormatError(Problem("not a power report, or cut before its summary", where, got=report_title(body)[:60]))
    environment = next((table.pairs() for table in titled(tables, "Environment")), {})
    hierarchy = titled(tables, "By Hierarchy")
    return PowerReport(
        header=header,
        stage=header.stage,
        total_on_chip_w=_value(summary["Total On-Chip Power (W)"]),
        dynamic_w=_value(summary.get("Dynamic (W)")),
        static_w=_value(summary.get("Device Static (W)")),
        junction_temperature_c=_value(summary.get("Junction Temperature (C)")),
        junction_exceeded="junction temp exceeded" in summary["Total On-Chip Power (W)"].casefold(),
        max_ambient_c=_value(summary.get("Max Ambient (C)")),
        ambient_c=real(environment.get("Ambient Temp (C)")),
        process=_process(text),
        confidence=_told(summary.get("Confidence Level")),
        confidences=_confidences(tables),
        activity=_activity(summary),
        activity_file=_told(summary.get("Simulation Activity File")),
        nets_matched=_told(summary.get("Design Nets Matched")),
        components=tuple(
            row for table in tables if table.has("On-Chip", "Power (W)") for row in _rows(table, "On-Chip")
        ),
        hierarchy=_rows(hierarchy[0], "Name") if hierarchy and hierarchy[0].has("Name", "Power (W)") else None,
    )


def _value(text: str | None) -> float | None:
    """A number, whatever Vivado remarks in brackets behind it."""
    return real(_REMARK.sub("", text)) if text else None


def _process(text: str) -> str | None:
    """Process corner from the head: `typical` or `maximum`."""
    line = next((line for line in text.split("\n") if line.startswith("| Process ")), "")
    return line.partition(":")[2].strip() or None


def _told(text: str | None) -> str | None:
    """A text, unless it says that there is none."""
    return None if text in (None, "", "---", "NA") else text


def _activity(summary: Mapping[str, str]) -> str | None:
    """Where the toggle rates come from, as far as the summary tells."""
    if "Simulation Activity File" not in summary:
        return None
    return SIMULATED if _told(summary["Simulation Activity File"]) else VECTORLESS


def _confidences(tables: Sequence[Table]) -> tuple[Confidence, ...]:
    """The table of confidence by sort of input."""
    table = next((table for table in tables if table.has("User Input Data", "Confidence", "Details")), None)
    rows = table.records() if table else ()
    return tuple(
        Confidence(row["User Input Data"], row["Confidence"], row["Details"]) for row in rows if row["User Input Data"]
    )


def _rows(table: Table, name: str) -> tuple[PowerRow, ...]:
    """Rows of a table of power; depth by two blanks each."""
    rows = []
    for cells, row in zip(table.rows, table.records(), strict=True):
        depth = max(len(cells[0]) - len(cells[0].lstrip()) - 1, 0) // 2
        watts = row["Power (W)"]
        rows.append(
            PowerRow(row[name], depth, real(watts), bound(watts), number(row.get("Used")), number(row.get("Available")))
        )
    return tuple(rows)

"""Report of `report_control_sets`.

Takes its text; gives the number of control sets, their fanout, and how flip-flops use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables, titled
from speckleforge.parsers.printed_numbers import integer
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Control Set Information"
_TOTAL = ("Total control sets", "Number of unique control sets")  # the second one: before 2019
_UNUSED = "Unused register locations in slices containing registers"


@dataclass(frozen=True)
class FanoutBin:
    """Control sets of a range of fanout, such as `>= 4 to < 6`."""

    fanout: str
    count: int | None


@dataclass(frozen=True)
class FlipFlops:
    """Flip-flops with these sorts of control."""

    clock_enable: bool
    synchronous: bool
    asynchronous: bool
    registers: int | None
    slices: int | None


@dataclass(frozen=True)
class ControlSets(VivadoReport):
    """A whole report.

    Attributes
    ----------
    control_sets
        Unique ones.
    unused_registers
        Register locations lost in slices that hold registers.
    histogram, flip_flops
        Empty where the report has no such table.
    listed
        Rows of the detailed table (`-verbose`); None without it.
    """

    control_sets: int | None
    unused_registers: int | None
    histogram: tuple[FanoutBin, ...]
    flip_flops: tuple[FlipFlops, ...]
    listed: int | None


def parse_control_sets(text: str, where: str = "control_sets.rpt") -> ControlSets:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    header, body = read_header(text, where)
    tables = read_tables(body, where)
    summary = next((table for table in tables if table.has("Status", "Count")), None)
    if report_title(body) != TITLE or summary is None:
        raise FormatError(Problem("not a control set report, or cut before its summary", where))
    counts = {row["Status"]: integer(row["Count"]) for row in summary.records()}
    listed = [table for table in tables if table.has("Clock Signal", "Enable Signal")]
    return ControlSets(
        header=header,
        stage=header.stage,
        control_sets=next((counts[name] for name in _TOTAL if name in counts), None),
        unused_registers=counts.get(_UNUSED),
        histogram=_histogram(tables),
        flip_flops=_flip_flops(tables),
        listed=len(listed[0].rows) if listed else None,
    )


def _histogram(tables: Sequence[Table]) -> tuple[FanoutBin, ...]:
    """Bins of fanout, without the total."""
    rows = [row for table in titled(tables, "Histogram") if table.has("Fanout", "Count") for row in table.records()]
    return tuple(FanoutBin(row["Fanout"], integer(row["Count"])) for row in rows if row["Fanout"] not in _TOTAL)


def _flip_flops(tables: Sequence[Table]) -> tuple[FlipFlops, ...]:
    """Registers by sort of control."""
    table = next((table for table in tables if table.has("Clock Enable", "Total Registers")), None)
    if table is None:
        return ()
    return tuple(
        FlipFlops(
            row["Clock Enable"] == "Yes",
            row.get("Synchronous Set/Reset") == "Yes",
            row.get("Asynchronous Set/Reset") == "Yes",
            integer(row["Total Registers"]),
            integer(row.get("Total Slices")),
        )
        for row in table.records()
    )

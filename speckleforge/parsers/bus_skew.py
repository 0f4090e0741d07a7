"""Report of `report_bus_skew`. Takes its text; gives requirement, skew and slack of each constraint.

A row of its summary is printed over three lines where the names are long: id and start, end, then corner and times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.printed_numbers import real
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Bus Skew Report"
_SUMMARY, _DETAILS = "1. Bus Skew Report Summary\n-", "\n2. Bus Skew Report Per Constraint\n-"
_START = re.compile(r"^(?P<id>[0-9]{1,6})\s+(?P<position>[0-9]{1,6})\s+(?P<start>\S.*?)\s*$")
_TIME = r"(-?[0-9]+\.[0-9]+|inf|NA)"
_TIMES = re.compile(rf"^\s*(?P<corner>Slow|Fast)\s+{_TIME}\s+{_TIME}\s+{_TIME}\s*$")


@dataclass(frozen=True)
class BusSkew:
    """One constraint; times in ns, None where none is printed (`inf`: no paths)."""

    id: int
    start: str
    end: str
    corner: str
    requirement_ns: float | None
    actual_ns: float | None
    slack_ns: float | None


@dataclass(frozen=True)
class BusSkewReport(VivadoReport):
    """A whole report; without constraints there are none, and nothing is met or missed."""

    constraints: tuple[BusSkew, ...]

    @property
    def worst_slack_ns(self) -> float | None:
        """The least slack."""
        return min((entry.slack_ns for entry in self.constraints if entry.slack_ns is not None), default=None)


def parse_bus_skew(text: str, where: str = "bus_skew.rpt") -> BusSkewReport:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut within its summary.
    """
    header, body = read_header(text, where)
    if report_title(body) != TITLE:
        raise FormatError(Problem("not a bus skew report", where, got=report_title(body)[:60]))
    if re.search(r"^No bus skew constraints\s*$", body, re.MULTILINE):
        return BusSkewReport(header, header.stage, ())
    _, begun, rest = body.partition(_SUMMARY)
    summary, ended, _ = rest.partition(_DETAILS)
    if not begun or not ended:
        raise FormatError(Problem("the bus skew report is cut within its summary", where))
    return BusSkewReport(header, header.stage, tuple(_skew(lines, where) for lines in _rows(summary.split("\n"))))


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """Lines of each row: the first one begins with an id, the others with blanks."""
    rows: list[list[str]] = []
    for line in lines:
        if re.match(r"^[0-9]", line):
            rows.append([line])
        elif rows and line.strip():
            rows[-1].append(line)
    return rows


def _skew(lines: Sequence[str], where: str) -> BusSkew:
    """One constraint; texts that fit their columns stand in one line, two blanks or more apart."""
    if len(lines) < 3:
        parts = re.split(r"\s{2,}", "  ".join(line.strip() for line in lines))
        lines = ["  ".join(parts[:3]), "  ".join(parts[3:-4]), "  ".join(parts[-4:])]
    start, times = _START.match(lines[0]), _TIMES.match(lines[-1])
    if start is None or times is None or not lines[1].strip():
        got = " ".join(lines[0].split())[:60]
        raise FormatError(Problem("a row of the bus skew summary is not complete", where, got=got))
    end = " ".join(line.strip() for line in lines[1:-1])
    required, actual, slack = (real(times[at]) for at in (2, 3, 4))
    return BusSkew(int(start["id"]), start["start"], end, times["corner"], required, actual, slack)

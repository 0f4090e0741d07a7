"""`<top>_cosim.rpt` of Vivado HLS and Vitis HLS.

Takes its text; gives what the RTL simulation counted, for each language.

The report names simulator and solution, but neither tool nor version. `NA` is None: a language that was not simulated,
or an interval with one call only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.printed_numbers import integer

SIMULATED = "simulated"
_FIELD = re.compile(r"^(?P<key>Report time|Solution|Simulation tool)\s*: (?P<text>.*?)\.?\s*$", re.MULTILINE)
_ROW = re.compile(r"^\|\s*(?P<rtl>VHDL|Verilog|SystemC)\|(?P<cells>(?:[^|\n]*\|){7,8})\s*$", re.MULTILINE)
_STARTED = re.compile(r"^\|\s*(?:VHDL|Verilog|SystemC)\|", re.MULTILINE)


@dataclass(frozen=True)
class CosimRun:
    """One language; cycles are None where none was counted.

    Attributes
    ----------
    passed
        True for `Pass`, False for `Fail`, None for a language that was not simulated.
    total_cycles
        Of the whole simulation (Vitis HLS).
    """

    rtl: str
    status: str
    passed: bool | None
    latency_min_cycles: int | None
    latency_average_cycles: int | None
    latency_max_cycles: int | None
    interval_min_cycles: int | None
    interval_average_cycles: int | None
    interval_max_cycles: int | None
    total_cycles: int | None


@dataclass(frozen=True)
class CosimReport:
    """A whole report."""

    simulator: str | None
    solution: str | None
    date: str | None
    runs: tuple[CosimRun, ...]
    stage: str = SIMULATED
    tool: str | None = None
    version: str | None = None

    @property
    def run(self) -> CosimRun | None:
        """The first language that was simulated."""
        return next((run for run in self.runs if run.passed is not None), None)


def parse_cosim_report(text: str, where: str = "cosim.rpt") -> CosimReport:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    text = text.replace("\r\n", "\n")
    fields = {match["key"]: match["text"] for match in _FIELD.finditer(text)}
    rows = list(_ROW.finditer(text))
    if "Simulation tool" not in fields or not rows or len(rows) != len(_STARTED.findall(text)):
        raise FormatError(
            Problem("not a co-simulation report of HLS, or cut", where, got=text.strip()[:60] or "an empty file")
        )
    return CosimReport(
        simulator=fields["Simulation tool"] or None,
        solution=fields.get("Solution") or None,
        date=fields.get("Report time") or None,
        runs=tuple(_run(row["rtl"], [cell.strip() for cell in row["cells"].split("|")[:-1]]) for row in rows),
    )


def _run(rtl: str, cells: Sequence[str]) -> CosimRun:
    """One row: status, three latencies, three intervals, and a total in newer reports."""
    numbers = [integer(cell) for cell in cells[1:]]
    passed = {"pass": True, "fail": False}.get(cells[0].casefold())
    least, mean, most, soonest, usual, latest = numbers[:6]
    total = numbers[6] if len(numbers) > 6 else None
    return CosimRun(rtl, cells[0], passed, least, mean, most, soonest, usual, latest, total)

"""Report of `report_timing_summary`. Takes its text; gives verdict, slacks, clocks, groups, checks and paths.

What a table leaves empty or prints as `NA` is None: a clock without setup paths has no WNS, and no fmax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.ruled_table import RuledRow, read_ruled_rows
from speckleforge.parsers.timing_paths import TimingPath, read_paths, stage_of_nets
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

TITLE = "Timing Summary Report"
MET, NOT_MET, NO_CONSTRAINTS = "met", "not_met", "no_constraints"
# Source: reports of Vivado 2019.2 to 2025.2; the sentence stands below the design's summary.
_VERDICTS = {
    "All user specified timing constraints are met.": MET,
    "Timing constraints are not met.": NOT_MET,
    "There are no user specified timing constraints.": NO_CONSTRAINTS,
}
_CLOCK = re.compile(
    r"^(?P<indent>\s*)(?P<name>\S.*?)\s+\{(?P<edges>-?[0-9]{1,9}\.[0-9]{1,9}(?: -?[0-9]{1,9}\.[0-9]{1,9})*)\}"
    r"\s+(?P<period>[0-9]{1,9}\.[0-9]{1,9})\s+(?P<mhz>[0-9]{1,9}\.[0-9]{1,9})\s*$"
)
_CHECK = re.compile(r"^[0-9]+\. checking (?P<name>\w+)(?: \((?P<count>[0-9]{1,9})\))?\s*$")
_FOUND = re.compile(r"^ There (?:is|are) ([0-9]{1,9}) ")


@dataclass(frozen=True)
class Slacks:
    """Worst and total slacks (ns) with their endpoints: setup (W, T), hold (H), pulse width (PW)."""

    wns_ns: float | None
    tns_ns: float | None
    tns_failing_endpoints: int | None
    tns_total_endpoints: int | None
    whs_ns: float | None
    ths_ns: float | None
    ths_failing_endpoints: int | None
    ths_total_endpoints: int | None
    wpws_ns: float | None
    tpws_ns: float | None
    tpws_failing_endpoints: int | None
    tpws_total_endpoints: int | None


@dataclass(frozen=True)
class Clock:
    """A clock.

    Attributes
    ----------
    depth
        0 for a primary clock, more for one that is generated from the clock above.
    waveform_ns
        Times of its edges, rising first.
    fmax_mhz
        1000 / (period - WNS of the paths within this clock): what these paths alone allow, if each has a whole period;
        None where the clock has no such paths.
    """

    name: str
    depth: int
    waveform_ns: tuple[float, ...]
    period_ns: float
    frequency_mhz: float
    fmax_mhz: float | None


@dataclass(frozen=True)
class ClockSlacks:
    """Paths within a clock (`from_clock` = `to_clock`), between two, or of a group of their own (`path_group`)."""

    from_clock: str
    to_clock: str
    path_group: str | None
    slacks: Slacks


@dataclass(frozen=True)
class TimingSummary(VivadoReport):
    """A whole report.

    Attributes
    ----------
    verdict
        `met`, `not_met` or `no_constraints`; None where the report is cut before it.
    design
        Slacks of the whole design; all None without constraints.
    clocks, intra_clock, inter_clock, other_groups
        None where the report is cut before the table.
    checks
        Findings of `check_timing` by name (`no_clock`, `unconstrained_internal_endpoints`, ...).
    paths
        As listed: the worst ones first within each group.
    """

    verdict: str | None
    design: Slacks
    clocks: tuple[Clock, ...] | None
    intra_clock: tuple[ClockSlacks, ...] | None
    inter_clock: tuple[ClockSlacks, ...] | None
    other_groups: tuple[ClockSlacks, ...] | None
    checks: Mapping[str, int]
    paths: tuple[TimingPath, ...]


def parse_timing_summary(text: str, where: str = "timing_summary.rpt") -> TimingSummary:
    """Parse the summary.

    Raises
    ------
    FormatError
        It is no such report, or it is cut before its summary or within a table.
    """
    header, body = read_header(text, where)
    body = body[: body.rfind("\n") + 1]  # a last line without its end may be cut
    if report_title(body) != TITLE:
        raise FormatError(Problem("not a timing summary", where, got=report_title(body)[:60]))
    sections = _sections(body)
    summary = read_ruled_rows(sections.get("Design Timing Summary", ()), where)
    if not summary:
        raise FormatError(Problem("the timing summary is cut before the design's slacks", where))
    intra = _groups(sections.get("Intra Clock Table"), where)
    return TimingSummary(
        header=header,
        stage=header.stage or stage_of_nets(body),
        verdict=next((_VERDICTS[line.strip()] for line in body.split("\n") if line.strip() in _VERDICTS), None),
        design=_slacks(summary[0]),
        clocks=_clocks(sections.get("Clock Summary"), intra or (), where),
        intra_clock=intra,
        inter_clock=_groups(sections.get("Inter Clock Table"), where),
        other_groups=_groups(sections.get("Other Path Groups Table"), where),
        checks=_checks(body),
        paths=read_paths(body),
    )


def _sections(body: str) -> dict[str, list[str]]:
    """Lines of each section by its title: `| Title` over `| -----`."""
    found: dict[str, list[str]] = {}
    lines = body.split("\n")
    current: list[str] = []
    for at, line in enumerate(lines):
        if line.startswith("| ") and at + 1 < len(lines) and re.match(r"^\| -+\s*$", lines[at + 1]):
            current = found.setdefault(line[2:].strip(), [])
        current.append(line)
    return found


def _groups(lines: Sequence[str] | None, where: str) -> tuple[ClockSlacks, ...] | None:
    """Rows of a table of slacks."""
    if lines is None:
        return None
    return tuple(
        ClockSlacks(
            row.names[-2 if len(row.names) > 1 else 0],
            row.names[-1],
            row.names[0] if len(row.names) > 2 else None,
            _slacks(row),
        )
        for row in read_ruled_rows(lines, where)
    )


def _slacks(row: RuledRow) -> Slacks:
    """Numbers of a row."""

    def real(name: str) -> float | None:
        value = row.numbers.get(f"{name}(ns)")
        return None if value is None else float(value)

    def count(name: str) -> int | None:
        value = row.numbers.get(f"{name} Endpoints")
        return value if isinstance(value, int) else None

    return Slacks(
        *(real("WNS"), real("TNS"), count("TNS Failing"), count("TNS Total")),
        *(real("WHS"), real("THS"), count("THS Failing"), count("THS Total")),
        *(real("WPWS"), real("TPWS"), count("TPWS Failing"), count("TPWS Total")),
    )


def _clocks(lines: Sequence[str] | None, intra: Sequence[ClockSlacks], where: str) -> tuple[Clock, ...] | None:
    """Rows of the clock summary; the table is absent without clocks."""
    if lines is None:
        return None
    start = next((at + 1 for at, line in enumerate(lines) if re.match(r"^-+(\s+-+){3}\s*$", line)), len(lines))
    slack = {group.from_clock: group.slacks.wns_ns for group in intra}
    clocks = []
    for line in lines[start:]:
        if not line.strip():
            break
        match = _CLOCK.match(line)
        if match is None:
            raise FormatError(Problem("a row of the clock summary is cut", where, got=" ".join(line.split())[:60]))
        clocks.append(_clock(match, slack.get(match["name"])))
    return tuple(clocks)


def _clock(match: re.Match[str], wns_ns: float | None) -> Clock:
    """One clock."""
    period = float(match["period"])
    longest = None if wns_ns is None else period - wns_ns
    fmax = 1000.0 / longest if longest is not None and longest > 0 else None
    edges = tuple(float(edge) for edge in match["edges"].split())
    return Clock(match["name"], len(match["indent"]) // 2, edges, period, float(match["mhz"]), fmax)


def _checks(body: str) -> dict[str, int]:
    """Counts of `check_timing`: behind the name (2020 and later), else the sum of its lines."""
    counts: dict[str, int] = {}
    told: set[str] = set()
    name = ""
    for line in body.split("\n"):
        check, found = _CHECK.match(line), _FOUND.match(line)
        if check:
            name = check["name"]
            if check["count"]:
                told.add(name)
                counts[name] = int(check["count"])
        elif found and name and name not in told:
            counts[name] = counts.get(name, 0) + int(found[1])
    return counts

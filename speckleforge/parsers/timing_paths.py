"""Paths of `report_timing` and `report_timing_summary`.

Takes the text; gives each path's summary, not its single delays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.vivado_header import PLACED, ROUTED, SYNTHESISED, VivadoReport, read_header, report_title

TITLE = "Timing Report"
_SLACK = re.compile(r"^Slack(?: \((?P<verdict>MET|VIOLATED)\))?\s*:\s+(?P<slack>inf|-?[0-9]{1,9}\.[0-9]{1,9}(?=ns))")
_FIELD = re.compile(r"^  (?P<key>[A-Z][A-Za-z ]+):\s+(?P<text>\S.*?)\s*$")
_NANOSECONDS = re.compile(r"^(-?[0-9]{1,9}\.[0-9]{1,9})ns\b")
_DELAYS = re.compile(
    r"\(logic (?P<logic>[0-9]{1,9}\.[0-9]{1,9})ns \(\S+\)\s+route (?P<route>[0-9]{1,9}\.[0-9]{1,9})ns \(\S+\)\)"
)
_LEVELS = re.compile(r"^([0-9]{1,9})(?=\s|$)")
_NET = re.compile(r"net \(fo=[0-9]+, (?P<state>[a-z]+)\)")


@dataclass(frozen=True)
class TimingPath:
    """One path; None where the report does not print the field.

    Attributes
    ----------
    slack_ns
        None for a path without a requirement (`inf`).
    met
        None for a path without a requirement.
    kind
        `Path Type` as printed: `Setup (Max at Slow Process Corner)`.
    delay_type
        `max` or `min`.
    logic_ns, route_ns
        The parts of the data path's delay.
    """

    slack_ns: float | None
    met: bool | None
    source: str | None
    destination: str | None
    path_group: str | None
    kind: str | None
    delay_type: str | None
    requirement_ns: float | None
    data_path_delay_ns: float | None
    logic_ns: float | None
    route_ns: float | None
    logic_levels: int | None
    clock_skew_ns: float | None
    clock_uncertainty_ns: float | None
    exception: str | None


@dataclass(frozen=True)
class TimingPaths(VivadoReport):
    """A report of `report_timing`."""

    paths: tuple[TimingPath, ...]


def parse_timing_paths(text: str, where: str = "timing.rpt") -> TimingPaths:
    """Parse the report of `report_timing`.

    Raises
    ------
    FormatError
        It is no such report, or it is cut before its first path.
    """
    header, body = read_header(text, where)
    paths = read_paths(body)
    if report_title(body) != TITLE or not (paths or "No timing paths found" in body):
        raise FormatError(
            Problem("not a timing report, or cut before its first path", where, got=report_title(body)[:60])
        )
    return TimingPaths(header, header.stage or stage_of_nets(body), paths)


def read_paths(body: str) -> tuple[TimingPath, ...]:
    """All paths in a text, in its order. A last line without its end is left out: it may be cut."""
    return tuple(_path(*found) for found in _blocks(body[: body.rfind("\n") + 1]))


def stage_of_nets(body: str) -> str | None:
    """The stage as the nets of the paths tell it: Vivado writes `routed`, `estimated` or `unplaced` to each.

    None without such.
    """
    states = set(_NET.findall(body)) & {"routed", "estimated", "unplaced"}
    if "unplaced" in states:
        return SYNTHESISED
    return PLACED if "estimated" in states else ROUTED if states else None


def _blocks(body: str) -> Iterator[tuple[re.Match[str], dict[str, str]]]:
    """The first line of each path, and its fields up to the list of delays."""
    slack: re.Match[str] | None = None
    fields: dict[str, str] = {}
    for line in body.split("\n"):
        match = _SLACK.match(line)
        field = _FIELD.match(line)
        if match:
            if slack:
                yield slack, fields
            slack, fields = match, {}
        elif field:
            fields.setdefault(field["key"], field["text"])
    if slack:
        yield slack, fields


def _path(slack: re.Match[str], fields: dict[str, str]) -> TimingPath:
    """One path's record."""
    kind = fields.get("Path Type")
    delays = _DELAYS.search(fields.get("Data Path Delay", ""))
    levels = _LEVELS.match(fields.get("Logic Levels", ""))
    ends = re.search(r"\b(Max|Min) at ", kind or "")
    return TimingPath(
        slack_ns=None if slack["slack"] == "inf" else float(slack["slack"]),
        met=None if slack["verdict"] is None else slack["verdict"] == "MET",
        source=fields.get("Source"),
        destination=fields.get("Destination"),
        path_group=fields.get("Path Group"),
        kind=kind,
        delay_type=ends[1].lower() if ends else None,
        requirement_ns=_nanoseconds(fields.get("Requirement")),
        data_path_delay_ns=_nanoseconds(fields.get("Data Path Delay")),
        logic_ns=float(delays["logic"]) if delays else None,
        route_ns=float(delays["route"]) if delays else None,
        logic_levels=int(levels[1]) if levels else None,
        clock_skew_ns=_nanoseconds(fields.get("Clock Path Skew")),
        clock_uncertainty_ns=_nanoseconds(fields.get("Clock Uncertainty")),
        exception=fields.get("Timing Exception"),
    )


def _nanoseconds(text: str | None) -> float | None:
    """The time at the beginning of a field."""
    match = _NANOSECONDS.match(text or "")
    return float(match[1]) if match else None

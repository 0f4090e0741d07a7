"""Report of nextpnr (`--report FILE`). Takes its text; gives clocks, utilisation and critical paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.parsers.json_fields import integer, load_object, mapping, number

STAGE = "placed_and_routed"


@dataclass(frozen=True)
class ClockTiming:
    """One clock: frequencies in MHz; `holds` is None where one of them is unknown."""

    name: str
    achieved_mhz: float | None
    constraint_mhz: float | None

    @property
    def holds(self) -> bool | None:
        """Whether the constraint is met."""
        if self.achieved_mhz is None or self.constraint_mhz is None:
            return None
        return self.achieved_mhz >= self.constraint_mhz


@dataclass(frozen=True)
class Usage:
    """Used and available sites of one kind."""

    used: int | None
    available: int | None


@dataclass(frozen=True)
class CriticalPath:
    """The slowest path between two clock edges: delays in ns, of them routing, and the cells at its ends."""

    from_clock: str | None
    to_clock: str | None
    delay_ns: float
    routing_ns: float
    levels: int
    from_cell: str | None
    to_cell: str | None


@dataclass(frozen=True)
class NextpnrReport:
    """A whole report."""

    clocks: tuple[ClockTiming, ...]
    utilisation: Mapping[str, Usage]
    critical_paths: tuple[CriticalPath, ...]
    stage: str = STAGE


def parse_nextpnr_report(text: str, where: str = "report.json") -> NextpnrReport:
    """Parse the JSON report.

    Raises
    ------
    FormatError
        It is no such report.
    """
    report = load_object(text, "a nextpnr report", where, ("fmax", "utilization"))
    paths = report.get("critical_paths")
    return NextpnrReport(
        clocks=tuple(_clock(name, mapping(entry)) for name, entry in sorted(mapping(report["fmax"]).items())),
        utilisation={name: _usage(mapping(entry)) for name, entry in sorted(mapping(report["utilization"]).items())},
        critical_paths=tuple(_path(mapping(path)) for path in paths) if isinstance(paths, list) else (),
    )


def _clock(name: str, entry: Mapping[str, Any]) -> ClockTiming:
    """One clock's record."""
    return ClockTiming(name, number(entry.get("achieved")), number(entry.get("constraint")))


def _usage(entry: Mapping[str, Any]) -> Usage:
    """One kind of site."""
    return Usage(integer(entry.get("used")), integer(entry.get("available")))


def _path(entry: Mapping[str, Any]) -> CriticalPath:
    """One critical path."""
    steps = [mapping(step) for step in entry.get("path") or ()]
    delays = [(step.get("type"), number(step.get("delay")) or 0.0) for step in steps]
    return CriticalPath(
        from_clock=_text(entry.get("from")),
        to_clock=_text(entry.get("to")),
        delay_ns=sum(delay for _, delay in delays),
        routing_ns=sum(delay for kind, delay in delays if kind == "routing"),
        levels=sum(kind == "logic" for kind, _ in delays),
        from_cell=_text(mapping(steps[0].get("from")).get("cell")) if steps else None,
        to_cell=_text(mapping(steps[-1].get("to")).get("cell")) if steps else None,
    )


def _text(value: Any) -> str | None:
    """`value` if it is a text."""
    return value if isinstance(value, str) else None

"""`<module>_csynth.rpt` of Vivado HLS and Vitis HLS. Takes its text; gives the synthesis record.

In a device of several super logic regions the rows `Available SLR` (one region) stand before `Available` (the device).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables
from speckleforge.parsers.hls_records import (
    UNKNOWN,
    HlsInstance,
    HlsLoop,
    HlsPort,
    HlsResource,
    HlsSynthesis,
    Range,
    check_depth,
    read_range,
)
from speckleforge.parsers.hls_text import counts, nanoseconds, read_head
from speckleforge.parsers.printed_numbers import integer

_TITLE = re.compile(r"^== (?P<tool>Vivado|Vitis) HLS Report for '(?P<top>[^']*)'\s*$", re.MULTILINE)
_MARK = re.compile(r"^\s*(?P<mark>-|\++)\s*(?P<name>.*?)\s*$")
PERFORMANCE, UTILISATION, INTERFACE = "Performance Estimates", "Utilization Estimates", "Interface"


def parse_hls_report(text: str, where: str = "csynth.rpt") -> HlsSynthesis:
    """Parse the text report of one module.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    title = _TITLE.search(text)
    tables = read_tables(text, where)
    clock = _find(tables, PERFORMANCE, "Clock", "Target", "Estimated")
    if title is None or clock is None:
        raise FormatError(
            Problem("not a synthesis report of HLS, or cut before its clock", where, got=text.strip()[:60])
        )
    head = read_head(text.split("\n"))
    period = next(clock.records(), {})
    latency = next((table for table in _of(tables, PERFORMANCE) if table.title == "Summary" and _latency(table)), None)
    row = next(latency.records(), {}) if latency else {}
    return HlsSynthesis(
        tool=f"{title['tool']} HLS",
        version=head.version,
        top=title["top"],
        part=head.part,
        family=head.family,
        flow_target=head.flow_target,
        clock_name=period.get("Clock"),
        clock_target_ns=nanoseconds(period.get("Target")),
        clock_uncertainty_ns=nanoseconds(period.get("Uncertainty")),
        clock_estimated_ns=nanoseconds(period.get("Estimated")),
        latency_cycles=_ends(row, "latency"),
        latency_average_cycles=None,
        interval_cycles=_ends(row, "interval"),
        pipeline=_ending(row, "Type"),
        resources=_resources(tables),
        loops=_loops(tables, where),
        instances=_instances(tables),
        ports=_ports(tables),
        modules=(),
    )


def _of(tables: Sequence[Table], section: str) -> list[Table]:
    """Tables of a section."""
    return [table for table in tables if table.section == section]


def _find(tables: Sequence[Table], section: str, *columns: str) -> Table | None:
    """The first table of a section with these columns."""
    return next((table for table in _of(tables, section) if table.has(*columns)), None)


def _latency(table: Table) -> bool:
    """Whether it is the table of latency: its columns are `Latency ... min` and so on."""
    return any(column.startswith("Latency") for column in table.columns)


def _ends(row: Mapping[str, str], what: str) -> Range:
    """Both ends of latency or interval in cycles; columns in time are left out."""
    chosen = {name: text for name, text in row.items() if name.casefold().startswith(what) and "absolute" not in name}
    low, high = (read_range(_ending(chosen, end)) for end in ("min", "max"))
    return Range(low.low, high.high)


def _ending(row: Mapping[str, str], end: str) -> str | None:
    """Text of the first column whose name ends so."""
    return next((text or None for name, text in row.items() if name.endswith(end)), None)


def _resources(tables: Sequence[Table]) -> dict[str, HlsResource]:
    """Used and available from the summary of utilisation."""
    table = next((table for table in _of(tables, UTILISATION) if table.title == "Summary"), None)
    rows = {row["Name"]: counts(row) for row in table.records()} if table and table.has("Name") else {}
    total, whole, region = (rows.get(name, {}) for name in ("Total", "Available", "Available SLR"))
    return {name: HlsResource(total.get(name), whole.get(name), region.get(name)) for name in {**total, **whole}}


def _loops(tables: Sequence[Table], where: str) -> tuple[HlsLoop, ...]:
    """The tree of loops: `- Loop`, below it `+ Inner`, `++ Innermost`."""
    table = _find(tables, PERFORMANCE, "Loop Name", "Trip Count")
    if table is None:
        return ()
    makers: list[tuple[int, Callable[[tuple[HlsLoop, ...]], HlsLoop]]] = []
    for row in table.records():
        match = _MARK.match(row["Loop Name"])
        depth = 0 if match is None or match["mark"] == "-" else len(match["mark"])
        check_depth(depth, where)
        makers.append((depth, _loop(row, match["name"] if match else row["Loop Name"])))
    return _nest(makers)


def _nest(makers: Sequence[tuple[int, Callable[[tuple[HlsLoop, ...]], HlsLoop]]]) -> tuple[HlsLoop, ...]:
    """Loops with those inside: each belongs to the nearest one above it that is less deep."""
    waiting: list[tuple[int, HlsLoop]] = []
    for depth, make in reversed(makers):
        inside: list[HlsLoop] = []
        while waiting and waiting[-1][0] > depth:
            inside.append(waiting.pop()[1])
        waiting.append((depth, make(tuple(inside))))
    return tuple(loop for _, loop in reversed(waiting))


def _loop(row: Mapping[str, str], name: str) -> Callable[[tuple[HlsLoop, ...]], HlsLoop]:
    """A loop, but for those inside."""
    return lambda inside: HlsLoop(
        name=name,
        trip_count=read_range(row["Trip Count"]),
        latency_cycles=_ends(row, "latency"),
        iteration_latency_cycles=read_range(row.get("Iteration Latency")),
        ii_achieved=integer(_ending(row, "achieved")),
        ii_target=integer(_ending(row, "target")),
        depth_cycles=None,
        pipelined={"yes": True, "no": False}.get(row.get("Pipelined", "").casefold()),
        loops=inside,
    )


def _instances(tables: Sequence[Table]) -> tuple[HlsInstance, ...]:
    """Instances with latency from one table and resources from another."""
    timed = _rows(_find(tables, PERFORMANCE, "Instance", "Module"))
    sized = _rows(_find(tables, UTILISATION, "Instance", "Module"))
    return tuple(
        HlsInstance(
            instance=name,
            module=(timed.get(name) or sized[name])["Module"],
            latency_cycles=_ends(timed[name], "latency") if name in timed else UNKNOWN,
            interval_cycles=_ends(timed[name], "interval") if name in timed else UNKNOWN,
            pipeline=_ending(timed[name], "Type") if name in timed else None,
            resources=counts(sized[name]) if name in sized else {},
        )
        for name in {**timed, **sized}
    )


def _rows(table: Table | None) -> dict[str, Mapping[str, str]]:
    """Rows by instance, without the total."""
    rows = table.records() if table else ()
    return {row["Instance"]: row for row in rows if row["Module"]}


def _ports(tables: Sequence[Table]) -> tuple[HlsPort, ...]:
    """Ports of the RTL."""
    table = _find(tables, INTERFACE, "RTL Ports", "Dir", "Bits")
    rows = table.records() if table else ()
    return tuple(
        HlsPort(
            row["RTL Ports"],
            row["Dir"],
            integer(row["Bits"]),
            row.get("Protocol"),
            row.get("Source Object"),
            row.get("C Type"),
        )
        for row in rows
    )

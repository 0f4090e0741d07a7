"""`csynth.rpt` (and `<kernel>.hls_compile.rpt`) of Vitis HLS 2020.2 and later.

Takes its text; gives modules and loops in one tree.

The report has no clock and no available resources: shares in percent alone, which are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import Table, read_tables
from speckleforge.parsers.hls_records import CSYNTHESISED, Range, check_depth, read_range
from speckleforge.parsers.hls_text import counts, read_head
from speckleforge.parsers.printed_numbers import real

_TITLE = re.compile(r"^== Synthesis Summary Report of '(?P<top>[^']*)'\s*$", re.MULTILINE)
_NODE = re.compile(r"^(?P<indent> *)(?P<kind>[+o])\s+(?P<name>.*?)(?P<dataflow>\*?)\s*$")
_NAME, _INTERVAL = "Modules & Loops", "Interval"


@dataclass(frozen=True)
class SummaryNode:
    """A module or a loop with all below it; cycles are None where the tool does not know them.

    Attributes
    ----------
    kind
        `module` or `loop`.
    dataflow
        Whether the module is a dataflow region.
    issue
        `Timing`, `II`, ... as printed; None for none.
    interval_cycles
        Of a loop its initiation interval.
    pipeline
        `yes`, `no`, `dataflow`, `rewind`, ... as printed; `yes` and `rewind` with their kinds are `pipelined`.
    resources
        Used ones by common name; None where `-` is printed (none, or counted elsewhere).
    """

    name: str
    kind: str
    dataflow: bool
    issue: str | None
    slack_ns: float | None
    latency_cycles: Range
    iteration_latency_cycles: Range
    interval_cycles: Range
    trip_count: Range
    pipeline: str | None
    pipelined: bool | None
    resources: Mapping[str, int | None]
    below: tuple[SummaryNode, ...]


@dataclass(frozen=True)
class HlsInterface:
    """A line of a table of interfaces.

    Attributes
    ----------
    protocol
        Title of the table: `M_AXI`, `S_AXILITE Interfaces`, `AXIS`, `TOP LEVEL CONTROL`, ...
    fields
        The other columns as printed.
    """

    name: str
    protocol: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class HlsSummary:
    """A whole report; `root` is the top module."""

    tool: str | None
    version: str | None
    top: str
    part: str | None
    family: str | None
    flow_target: str | None
    root: SummaryNode
    interfaces: tuple[HlsInterface, ...]
    stage: str = CSYNTHESISED


def parse_hls_summary(text: str, where: str = "csynth.rpt") -> HlsSummary:
    """Parse the summary of a whole synthesis.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    title = _TITLE.search(text)
    # The tables of operators behind the interfaces are long, and of no use here.
    tables = read_tables(text.partition("== SW I/O Information")[0], where)
    tree = next((table for table in tables if table.has(_NAME, _INTERVAL)), None)
    if title is None or tree is None or not tree.rows:
        raise FormatError(
            Problem("not a synthesis summary of HLS, or cut before its table", where, got=text.strip()[:60])
        )
    head = read_head(text.split("\n"))
    return HlsSummary(
        tool="Vitis HLS",
        version=head.version,
        top=title["top"],
        part=head.part,
        family=head.family,
        flow_target=head.flow_target,
        root=_tree(tree, where),
        interfaces=_interfaces(tables),
    )


def _tree(table: Table, where: str) -> SummaryNode:
    """The top with all below it: a row belongs to the nearest one above it that is less indented."""
    waiting: list[tuple[int, SummaryNode]] = []
    for cells, row in reversed(list(zip(table.rows, table.records(), strict=True))):
        match = _NODE.match(cells[table.columns.index(_NAME)])
        if match is None:
            raise FormatError(
                Problem("a row of the synthesis summary is no module and no loop", where, got=cells[0].strip()[:60])
            )
        depth = len(match["indent"])
        check_depth(depth, where)
        below: list[SummaryNode] = []
        while waiting and waiting[-1][0] > depth:
            below.append(waiting.pop()[1])
        waiting.append((depth, _node(match, row, tuple(below))))
    if len(waiting) != 1:
        raise FormatError(
            Problem("a synthesis summary has one top", where, got=f"{len(waiting)} rows without one above")
        )
    return waiting[0][1]


def _node(match: re.Match[str], row: Mapping[str, str], below: tuple[SummaryNode, ...]) -> SummaryNode:
    """One row."""
    pipeline = row.get("Pipelined") or None
    return SummaryNode(
        name=match["name"],
        kind="module" if match["kind"] == "+" else "loop",
        dataflow=bool(match["dataflow"]),
        issue=None if row.get("Issue Type") in (None, "", "-") else row["Issue Type"],
        slack_ns=real(row.get("Slack")),
        latency_cycles=read_range(row.get("Latency (cycles)")),
        iteration_latency_cycles=read_range(row.get("Iteration Latency")),
        interval_cycles=read_range(row[_INTERVAL]),
        trip_count=read_range(row.get("Trip Count")),
        pipeline=pipeline,
        pipelined=_pipelined(pipeline),
        resources=counts(row),
        below=below,
    )


def _pipelined(text: str | None) -> bool | None:
    """Whether a module or loop is a pipeline; None where the word does not tell (`dataflow`)."""
    if text and text.startswith(("yes", "rewind")):
        return True
    return False if text == "no" else None


def _interfaces(tables: Sequence[Table]) -> tuple[HlsInterface, ...]:
    """Lines of the tables of interfaces; that of registers is left out."""
    chosen = [
        table
        for table in tables
        if table.section == "HW Interfaces" and table.columns[:1] in (("Interface",), ("Port",))
    ]
    return tuple(
        HlsInterface(
            row[table.columns[0]], table.title, {name: text for name, text in row.items() if name != table.columns[0]}
        )
        for table in chosen
        if not table.has("Register", "Offset", "Access")
        for row in table.records()
    )

"""Report of `report_route_status`, which has no head.

Takes its text; gives counts of nets, and whether the design is routed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.vivado_header import ROUTED

TITLE = "Design Route Status"
_LINE = re.compile(r"^\s*# of (?P<name>[a-z][a-z() ]*?)\.*\s*:\s*(?P<count>[0-9]{1,12})\s*:\s*$", re.MULTILINE)


@dataclass(frozen=True)
class RouteStatus:
    """A whole report: nets by sort; None where it has no such line.

    Attributes
    ----------
    routed
        True if all routable nets are fully routed without errors; None where a count is missing.
    stage
        `placed_and_routed` for a routed design, else None.
    tool, version
        The report names neither.
    """

    logical_nets: int | None
    nets_not_needing_routing: int | None
    routable_nets: int | None
    fully_routed_nets: int | None
    unrouted_nets: int | None
    nets_with_routing_errors: int | None
    routed: bool | None
    stage: str | None
    tool: str | None = None
    version: str | None = None


def parse_route_status(text: str, where: str = "route_status.rpt") -> RouteStatus:
    """Parse the report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut before its first count.
    """
    counts = {match["name"]: int(match["count"]) for match in _LINE.finditer(text)}
    if not text.lstrip().startswith(TITLE) or not counts:
        got = text.strip()[:60] or "an empty file"
        raise FormatError(Problem("not a route status report, or cut before its first count", where, got=got))
    routable, full = counts.get("routable nets"), counts.get("fully routed nets")
    errors = counts.get("nets with routing errors")
    routed = None if routable is None or full is None or errors is None else (full == routable and errors == 0)
    return RouteStatus(
        logical_nets=counts.get("logical nets"),
        nets_not_needing_routing=counts.get("nets not needing routing"),
        routable_nets=routable,
        fully_routed_nets=full,
        unrouted_nets=counts.get("unrouted nets"),
        nets_with_routing_errors=errors,
        routed=routed,
        stage=ROUTED if routed else None,
    )

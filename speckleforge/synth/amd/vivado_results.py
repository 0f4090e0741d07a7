"""Reports of a Vivado run to one record. Takes the folder that a run left; gives JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.power_report import PowerReport, parse_power_report
from speckleforge.parsers.route_status import parse_route_status
from speckleforge.parsers.rule_report import RuleReport, parse_rule_report
from speckleforge.parsers.timing_summary import ClockSlacks, TimingSummary, parse_timing_summary
from speckleforge.parsers.utilisation_report import UtilisationReport, parse_utilisation_report
from speckleforge.parsers.vivado_header import ROUTED, SYNTHESISED, VivadoReport, read_header
from speckleforge.synth.amd.belongs import (
    Expected,
    check_header,
    check_manifest,
    read_manifest,
    report_text,
    tool_of,
)
from speckleforge.synth.amd.causes import critical_record
from speckleforge.synth.amd.vivado import ROUTED_REPORTS, SYNTH_REPORTS
from speckleforge.synth.amd.whole import check_timing_whole, check_whole, worst_path

AMOUNTS = ("lut", "lutram", "ff", "dsp", "bram", "uram")
NO_MAP = "no_memory_map"  # fact of a manifest: why no other weights can go into the bitstream
ROUTES = "route_status"  # a report without a head
NO_CLOCK = "no clock was constrained"
Report = TypeVar("Report", bound=VivadoReport)


@dataclass(frozen=True)
class Reports:
    """The reports of a run, each whole, of this part and this top."""

    folder: Path
    expected: Expected

    def read(self, name: str, parse: Callable[[str, str], Report]) -> Report:
        """A report; raises `FormatError` for one that is not what it should be."""
        where = f"reports/{name}.rpt"
        text = report_text(self.folder, where)
        report = parse(text, where)
        check_header(report.header, self.expected, self.expected.top, where)
        check_whole(text, where)
        if isinstance(report, TimingSummary):
            check_timing_whole(report, text, where)
        if name.endswith("_routed") and report.stage not in (None, ROUTED):
            raise FormatError(Problem("a report of an earlier stage", where, str(report.header.design_state), ROUTED))
        return report

    def check_all(self, *, routed: bool) -> None:
        """Every report of the run is there, and those with a head are of this design; raises `FormatError`."""
        for name in (*SYNTH_REPORTS, *(ROUTED_REPORTS if routed else ())):
            where = f"reports/{name}.rpt"
            text = report_text(self.folder, where)
            if name != ROUTES:
                header, _ = read_header(text, where)
                check_header(header, self.expected, self.expected.top, where)
        if routed:
            self._check_routed()

    def _check_routed(self) -> None:
        """Vivado times a design that is not routed completely, and says so only here."""
        where = f"reports/{ROUTES}.rpt"
        status = parse_route_status(report_text(self.folder, where), where)
        if not status.routed:
            got = f"{status.fully_routed_nets} of {status.routable_nets} nets, {status.nets_with_routing_errors} errors"
            raise FormatError(Problem("the design is not routed", where, got, "every net, no errors"))


def vivado_record(folder: Path, expected: Expected, target: Mapping[str, Any]) -> dict[str, Any]:
    """What a run obtained.

    Parameters
    ----------
    folder
        `manifest.json`, `reports/`, the log.
    target
        The board: what there is of each resource.

    Raises
    ------
    FormatError
        A report is missing, empty, cut, of another part or design; the manifest is of another build; the design is not
        routed completely.
    """
    manifest = read_manifest(folder)
    check_manifest(manifest, expected)
    reports, tool = Reports(folder, expected), tool_of(manifest, "Vivado")
    routed = "route" in manifest["steps"]
    reports.check_all(routed=routed)
    suffix, stage = ("routed", ROUTED) if routed else ("synth", SYNTHESISED)
    used = reports.read(f"utilization_{suffix}", parse_utilisation_report)
    timing = reports.read(f"timing_summary_{suffix}", parse_timing_summary)
    record = {
        "tool": tool,
        "implementation": expected.implementation,
        "stage": stage,
        "part": expected.part,
        "top": expected.top,
        "out_of_context": expected.implementation != "rtl" or not target.get("pins"),
        "resources": _resources(used, target, stage, tool),
        "fmax_mhz": _fmax(timing, tool) if routed else _unrouted(),
        "timing": _timing(timing),
        **critical_record(folder),
        "steps": manifest["steps"],
    }
    if "mmi" in manifest["steps"]:
        reason = manifest.get(NO_MAP)
        record["memory_map"] = {"value": None, "reason": reason} if reason else {"value": "proved for this design"}
    if routed:
        record["power"] = power_values(reports.read("power_routed", parse_power_report), tool)
        record["power"]["activity_sha256"] = manifest.get("activity")
        names = ("drc", "methodology")
        record["rules"] = {name: _rules(reports.read(f"{name}_routed", parse_rule_report)) for name in names}
    return record


def _resources(used: UtilisationReport, target: Mapping[str, Any], stage: str, tool: str) -> dict[str, Any]:
    """Each count against the board's; what the report counts itself as available goes first."""
    records = {}
    for name in AMOUNTS:
        total = used.totals.get(name)
        board = target["resources"].get(name)
        if total is None or total.used is None or (board is None and not total.used):
            continue
        available = total.available or (board or {}).get("count")
        share = round(total.used / available, 6) if available else None
        records[name] = {"value": total.used, "available": available, "share": share, "stage": stage, "tool": tool}
        one = ((target.get("slr") or {}).get(name) or {}).get("count")
        if one:
            records[name]["share_of_one_slr"] = round(total.used / one, 6)
    return records


def _unrouted() -> dict[str, Any]:
    return {"value": None, "reason": "synthesised only: routing decides the clock"}


def _fmax(timing: TimingSummary, tool: str) -> dict[str, Any]:
    """The lowest of the clocks'; none where nothing was constrained, or where a slower clock would not help."""
    if timing.verdict == "no_constraints":
        return {"value": None, "reason": NO_CLOCK}
    for name, value in (("hold", timing.design.whs_ns), ("pulse width", timing.design.wpws_ns)):
        if value is not None and value < 0:
            return {"value": None, "reason": f"{name} is violated, by {-value:g} ns"}
    found = [clock.fmax_mhz for clock in timing.clocks or () if clock.fmax_mhz is not None]
    if not found:
        return {"value": None, "reason": "the timing report has no clock with a slack"}
    group = _violated(timing)
    if group is not None:
        name = group.path_group or f"{group.from_clock} to {group.to_clock}"
        reason = f"paths that are not within a clock are violated, by {-(group.slacks.wns_ns or 0):g} ns: {name}"
        return {"value": None, "reason": reason}
    return {"value": round(min(found), 3), "stage": ROUTED, "tool": tool}


def _violated(timing: TimingSummary) -> ClockSlacks | None:
    """The worst violated group of paths between clocks, or of asynchronous resets: of those no clock's fmax tells."""
    groups = (*(timing.inter_clock or ()), *(timing.other_groups or ()))
    late = [group for group in groups if (group.slacks.wns_ns or 0) < 0]
    return min(late, key=lambda group: group.slacks.wns_ns or 0, default=None)


def _timing(timing: TimingSummary) -> dict[str, Any]:
    """Verdict, slacks, slowest path."""
    slacks = {name: getattr(timing.design, name) for name in ("wns_ns", "tns_ns", "whs_ns", "ths_ns", "wpws_ns")}
    worst = worst_path(timing)
    return {
        "verdict": timing.verdict,
        **slacks,
        "failing_endpoints": timing.design.tns_failing_endpoints,
        "worst_path": worst
        and {
            "from": worst.source,
            "to": worst.destination,
            "slack_ns": worst.slack_ns,
            "delay_ns": worst.data_path_delay_ns,
            "route_ns": worst.route_ns,
            "levels": worst.logic_levels,
        },
    }


def power_values(report: PowerReport, tool: str) -> dict[str, Any]:
    """Vivado's estimate, with what it says of its own confidence."""
    about = {"stage": ROUTED, "tool": tool, "estimate": True, "confidence": report.confidence}
    values = {name: getattr(report, name) for name in ("total_on_chip_w", "dynamic_w", "static_w")}
    return {
        **{name: {"value": value, **about} for name, value in values.items()},
        "activity": report.activity,
        "activity_file": report.activity_file,
        "nets_matched": report.nets_matched,
        "junction_temperature_c": report.junction_temperature_c,
        "junction_exceeded": report.junction_exceeded,
    }


def _rules(report: RuleReport) -> dict[str, Any]:
    """Findings by severity, and the rules."""
    counts: Counter[str] = Counter()
    for rule in report.rules:
        counts[rule.severity] += rule.count or 0
    rules = [{"rule": r.rule, "severity": r.severity, "text": r.description, "count": r.count} for r in report.rules]
    return {"found": report.found, "by_severity": dict(counts), "rules": rules}

"""Reports of a Vivado run to one record. Takes the folder that a run left; gives JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.parsers.power_report import PowerReport, parse_power_report
from speckleforge.parsers.rule_report import parse_rule_report
from speckleforge.parsers.timing_summary import TimingSummary, parse_timing_summary
from speckleforge.parsers.tool_log import parse_tool_log
from speckleforge.parsers.utilisation_report import UtilisationReport, parse_utilisation_report
from speckleforge.synth.vendor.belongs import Expected, check_header, check_manifest, read_manifest, report_text

AMOUNTS = ("lut", "lutram", "ff", "dsp", "bram", "uram")
LOG = "vivado.log"
NO_MAP = "no_memory_map"  # fact of a manifest: why no other weights can go into the bitstream
SYNTHESISED, ROUTED = "synthesised", "placed_and_routed"
NO_CLOCK = "no clock was constrained"
SHOWN = 20  # critical warnings


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
        A report is missing, empty, cut, of another part or design; the manifest is of another build.
    """
    manifest = read_manifest(folder)
    check_manifest(manifest, expected, str(folder))
    routed = "route" in manifest["steps"]
    suffix, tool = "routed" if routed else "synth", f"Vivado {manifest.get('version')}"
    top = str(manifest["top"])

    def text(name: str) -> tuple[str, str]:
        path = f"reports/{name}.rpt"
        return report_text(folder, path), path

    used = parse_utilisation_report(*text(f"utilization_{suffix}"))
    timing = parse_timing_summary(*text(f"timing_summary_{suffix}"))
    for report, name in ((used, "utilization"), (timing, "timing_summary")):
        check_header(report.header, expected, top, f"reports/{name}_{suffix}.rpt")
    record = {
        "tool": tool,
        "implementation": expected.implementation,
        "stage": ROUTED if routed else SYNTHESISED,
        "part": expected.part,
        "top": top,
        "out_of_context": expected.implementation != "rtl" or not target.get("pins"),
        "resources": _resources(used, target, ROUTED if routed else SYNTHESISED, tool),
        "fmax_mhz": _fmax(timing, tool) if routed else _unrouted(),
        "timing": _timing(timing),
        "critical_warnings": _critical(folder),
        "steps": manifest["steps"],
    }
    if "mmi" in manifest["steps"]:
        reason = manifest.get(NO_MAP)
        record["memory_map"] = {"value": None, "reason": reason} if reason else {"value": "proved for this design"}
    if routed:
        record["power"] = power_values(parse_power_report(*text("power_routed")), tool)
        record["power"]["activity_sha256"] = manifest.get("activity")
        record["rules"] = {
            "drc": _rules(*text("drc_routed")),
            "methodology": _rules(*text("methodology_routed")),
        }
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
    """The lowest of the clocks'; where nothing was constrained there is none."""
    if timing.verdict == "no_constraints":
        return {"value": None, "reason": NO_CLOCK}
    found = [clock.fmax_mhz for clock in timing.clocks or () if clock.fmax_mhz is not None]
    if not found:
        return {"value": None, "reason": "the timing report has no clock with a slack"}
    return {"value": round(min(found), 3), "stage": ROUTED, "tool": tool}


def _timing(timing: TimingSummary) -> dict[str, Any]:
    """Verdict, slacks, slowest path."""
    slacks = {name: getattr(timing.design, name) for name in ("wns_ns", "tns_ns", "whs_ns", "ths_ns", "wpws_ns")}
    setup = [path for path in timing.paths if path.slack_ns is not None and path.delay_type != "min"]
    worst = min(setup, key=_slack, default=None)
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


def _slack(path: Any) -> float:
    return float(path.slack_ns)


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
    }


def _rules(text: str, where: str) -> dict[str, Any]:
    """Findings by severity, and the rules."""
    report = parse_rule_report(text, where)
    counts: Counter[str] = Counter()
    for rule in report.rules:
        counts[rule.severity] += rule.count or 0
    rules = [{"rule": r.rule, "severity": r.severity, "text": r.description, "count": r.count} for r in report.rules]
    return {"found": report.found, "by_severity": dict(counts), "rules": rules}


def _critical(folder: Path) -> list[str]:
    """Critical warnings of the log; none where the log is not among the results."""
    path = folder / LOG
    if not path.is_file():
        return []
    found = parse_tool_log(path.read_text(encoding="utf-8", errors="replace"), LOG).critical_warnings
    return [str(message) for message in found[:SHOWN]]

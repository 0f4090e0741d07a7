"""The page's section on Vivado. Takes the record; gives Markdown; nothing where it did not run."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.report.hardware import NOT_RUN
from speckleforge.report.markdown import STAGES, Record, number, table
from speckleforge.report.page_power import power_lines

VERDICTS = {"met": "met", "not_met": "**not met**", "no_constraints": "no clock was constrained"}
SHOWN = 5  # critical warnings


def vivado(record: Record) -> Iterator[str]:
    """Timing, power, rules, critical warnings of the SystemVerilog."""
    found = record["hardware"].get("vivado") or {}
    if found.get("reason", NOT_RUN) != NOT_RUN:
        yield from ("## Vivado", "", f"No results: {found['reason']}.", "")
    if not found.get("tool"):
        return
    yield "## Vivado"
    yield ""
    where = f", {found['from']}" if found.get("from") else ""
    stage = STAGES.get(found["stage"], found["stage"])
    what = "out of context" if found.get("out_of_context", True) else "the board's top with its pins"
    yield f"- {found['tool']} on the SystemVerilog, {what} ({stage}{where})."
    timing = found["timing"]
    slacks = ", ".join(f"{name} {_ns(timing.get(f'{name.lower()}_ns'))}" for name in ("WNS", "TNS", "WHS", "WPWS"))
    yield f"- Timing: {VERDICTS.get(timing['verdict'], 'no verdict')}; {slacks}. Paths at the ports are not timed."
    if timing.get("worst_path"):
        path = timing["worst_path"]
        delay = f"{number(path['delay_ns'])} ns, of it {number(path['route_ns'])} ns routing, {path['levels']} levels"
        yield f"- Slowest path: {delay}; `{path['from']}` to `{path['to']}`."
    yield from power_lines(record["hardware"]["power"])
    yield from critical(found)
    yield ""
    rules = [
        (kind, rule["rule"], rule["severity"], number(rule["count"]), rule["text"])
        for kind, report in (found.get("rules") or {}).items()
        for rule in report["rules"]
    ]
    if rules:
        yield from table(("check", "rule", "severity", "count", "text"), rules, right=(3,))


def critical(found: Record) -> Iterator[str]:
    """Critical warnings of a run's log: how many, and the first ones."""
    if found["critical_warnings"]:
        yield f"- Critical warnings in its log: {number(found['critical_warning_count'])}."
        yield from (f"  - {text[:160]}" for text in found["critical_warnings"][:SHOWN])


def _ns(value: float | None) -> str:
    return "-" if value is None else f"{value:g} ns"

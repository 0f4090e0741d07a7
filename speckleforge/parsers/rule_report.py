"""Reports of `report_drc` and `report_methodology`, which have one form.

Takes the text; gives rules with their counts, and each finding's text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.boxed_table import read_tables
from speckleforge.parsers.printed_numbers import integer
from speckleforge.parsers.vivado_header import VivadoReport, read_header, report_title

DRC, METHODOLOGY = "Report DRC", "Report Methodology"
# Severities. Source: AMD UG835, Vivado Tcl commands, report_drc; `Advisory` in reports of 2021 and later.
_DETAIL = re.compile(
    r"^(?P<rule>[A-Za-z]\w*-[0-9]{1,9})#(?P<number>[0-9]{1,9}) "
    r"(?P<severity>Fatal|Error|Critical Warning|Warning|Advisory|Info)\s*$"
)
# 2025.2 counts `checks` where earlier versions count `violations`.
_COUNTS = ("Violations", "Checks")
_FOUND = re.compile(r"^\s*(?:Violations|Checks) found:\s*([0-9]{1,9})\s*$", re.MULTILINE)
_RELATED = re.compile(r"^Related (?:violations|checks):")


@dataclass(frozen=True)
class Rule:
    """A rule that found something, and how often."""

    rule: str
    severity: str
    description: str
    count: int | None


@dataclass(frozen=True)
class Finding:
    """One finding of a rule; `text` is all that stands below its first line."""

    rule: str
    number: int
    severity: str
    text: str


@dataclass(frozen=True)
class RuleReport(VivadoReport):
    """A whole report.

    Attributes
    ----------
    checks
        `drc` or `methodology`.
    ruledeck
        Of a DRC report; None else.
    found
        Findings in total as its head says; None where it does not.
    findings
        In the report's order; fewer than `found` where the report was limited or is cut.
    """

    checks: str
    ruledeck: str | None
    found: int | None
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]

    def count(self, severity: str) -> int | None:
        """Findings of this severity; None where a count is missing."""
        counts = [rule.count for rule in self.rules if rule.severity.casefold() == severity.casefold()]
        return None if None in counts else sum(count for count in counts if count is not None)


def parse_rule_report(text: str, where: str = "drc.rpt") -> RuleReport:
    """Parse a DRC or methodology report.

    Raises
    ------
    FormatError
        It is neither, or it is cut before its details.
    """
    header, body = read_header(text, where)
    title = report_title(body)
    summary, mark, details = body.partition("2. REPORT DETAILS\n-")
    if title not in (DRC, METHODOLOGY) or not mark:
        raise FormatError(Problem("not a DRC or methodology report, or cut before its details", where, got=title[:60]))
    found = _FOUND.search(summary)
    deck = re.search(r"^\s*Ruledeck:\s*(\S.*?)\s*$", summary, re.MULTILINE)
    return RuleReport(
        header=header,
        stage=header.stage,
        checks="drc" if title == DRC else "methodology",
        ruledeck=deck[1] if deck else None,
        found=int(found[1]) if found else None,
        rules=_rules(summary, where),
        findings=tuple(_findings(details.split("\n"))),
    )


def _rules(summary: str, where: str) -> tuple[Rule, ...]:
    """Rows of the table of rules; a report without findings has an empty one, or none."""
    table = next((table for table in read_tables(summary, where) if table.has("Rule", "Severity", "Description")), None)
    if table is None:
        return ()
    column = next((name for name in _COUNTS if name in table.columns), None)
    return tuple(
        Rule(row["Rule"], row["Severity"], row["Description"], integer(row[column]) if column else None)
        for row in table.records()
    )


def _findings(lines: Sequence[str]) -> list[Finding]:
    """Blocks that begin with `RULE-1#1 Severity`."""
    findings: list[Finding] = []
    head: re.Match[str] | None = None
    text: list[str] = []

    def close() -> None:
        if head:
            findings.append(Finding(head["rule"], int(head["number"]), head["severity"], "\n".join(text).strip()))

    for line in lines:
        match = _DETAIL.match(line)
        if match:
            close()
            head, text = match, []
        elif not _RELATED.match(line):
            text.append(line.rstrip())
    close()
    return findings

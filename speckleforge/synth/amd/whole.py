"""Whether a report of Vivado is whole. Takes its text; refuses one that is cut, which may still look like a report.

A report that lists its sections ends with the last of them; the timing summary lists only those of its first part.
"""

from __future__ import annotations

import re

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.timing_paths import TimingPath
from speckleforge.parsers.timing_summary import TimingSummary

ROUNDED_NS = 0.0015  # slacks have three decimals
_CONTENTS = re.compile(r"^Table of Contents\n-+\n(?P<titles>(?:.*\S.*\n)+)", re.MULTILINE)


def check_whole(text: str, where: str) -> None:
    """Raise a `FormatError` where the last section of a table of contents is missing."""
    text = text.replace("\r\n", "\n")
    contents = _CONTENTS.search(text)
    if contents is None:  # cut in its head, which no parser takes, or of a sort that has none
        return
    last = contents["titles"].rstrip().split("\n")[-1].strip()
    if not re.search(rf"^{re.escape(last)}\s*\n-{{3,}}\s*\n", text[contents.end() :], re.MULTILINE):
        raise FormatError(Problem("a report is cut", where, f"no section '{last}'"))


def check_timing_whole(timing: TimingSummary, text: str, where: str) -> None:
    """Raise a `FormatError` for a timing summary without its details, or without the path that decides the clock."""
    if "\n| Timing Details" not in text:
        raise FormatError(Problem("a report is cut", where, "no timing details"))
    wns, worst = timing.design.wns_ns, worst_path(timing)
    if wns is None:
        return
    if worst is None or worst.slack_ns is None or abs(worst.slack_ns - wns) > ROUNDED_NS or worst.logic_levels is None:
        raise FormatError(Problem("a report is cut", where, f"no path with the worst slack of {wns:g} ns"))


def worst_path(timing: TimingSummary) -> TimingPath | None:
    """The listed setup path with the least slack."""
    setup = [path for path in timing.paths if path.slack_ns is not None and path.delay_type != "min"]
    return min(setup, key=lambda path: path.slack_ns or 0.0, default=None)

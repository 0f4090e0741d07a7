"""Log of nextpnr. Takes its text; gives what the JSON report leaves out: warnings, errors, checksum, its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.nextpnr_report import STAGE, ClockTiming

_FREQUENCY = re.compile(
    r"Max frequency for clock\s+'(?P<name>[^']+)': (?P<got>[\d.]+) MHz \(.* at (?P<want>[\d.]+) MHz\)"
)
_USAGE = re.compile(r"^Info:\s+(?P<kind>[A-Z0-9_]+):\s+(?P<used>\d+)/\s*(?P<available>\d+)\s+\d+%", re.MULTILINE)
_CHECKSUM = re.compile(r"^Info: Checksum: 0x([0-9a-f]+)", re.MULTILINE)


@dataclass(frozen=True)
class NextpnrLog:
    """A log.

    Attributes
    ----------
    clocks
        Last stated frequency of each clock (after routing), in MHz.
    used
        Used sites by kind.
    warnings, errors
        Their texts in order.
    checksum
        Last checksum of the design's state (hexadecimal): equal for equal results; None if none was printed.
    finished
        True if it says that the program ended normally.
    """

    clocks: tuple[ClockTiming, ...]
    used: dict[str, int]
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    checksum: str | None
    finished: bool
    stage: str = STAGE


def parse_nextpnr_log(text: str, where: str = "nextpnr.log") -> NextpnrLog:
    """Parse a log written with `--log`.

    Raises
    ------
    FormatError
        No line of it begins as nextpnr's do.
    """
    if not re.search(r"^(Info|Warning|ERROR): ", text, re.MULTILINE):
        raise FormatError(Problem("not a nextpnr log", where, got=text[:60].strip() or "an empty file"))
    found = {m["name"]: ClockTiming(m["name"], float(m["got"]), float(m["want"])) for m in _FREQUENCY.finditer(text)}
    checksums = _CHECKSUM.findall(text)
    return NextpnrLog(
        clocks=tuple(found[name] for name in sorted(found)),
        used={match["kind"]: int(match["used"]) for match in _USAGE.finditer(text)},
        warnings=_lines(text, "Warning"),
        errors=_lines(text, "ERROR"),
        checksum=checksums[-1] if checksums else None,
        finished="Program finished normally" in text,
    )


def _lines(text: str, label: str) -> tuple[str, ...]:
    """Texts of all lines with this label."""
    return tuple(re.findall(rf"^{label}: (.*)$", text, re.MULTILINE))

"""What a log of a run shows of a failure. Takes a log's file; gives a cause, the line that proves it, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.parsers.tool_log import ToolLog, parse_tool_log

MARK = "speckleforge: step "  # with a name: every run's log says so when a step begins
_STEP = re.compile(rf"^{MARK}(\S+)", re.MULTILINE)
LOG = "run.log"  # what a run printed: `run_plan` writes it, and so does `run.sh`
SHOWN = 20  # critical warnings
LONGEST = 300  # characters of a line in an error
# A log that broke off before its tool's name is one all the same.
_HEAD = "****** tool v2000.1 (64-bit)\n"
_PROVES = 80  # characters of a line that are looked for
KILLED = (-9, 137)  # by SIGKILL: itself, or what a shell script started. Source: POSIX sh, exit status 128 + signal

# What a log may show, in the order in which it explains a failure best; what to do about it.
CAUSES = (
    ("core_revision", "this release packs no IP after 2021", "install the patch of AMD's answer record 76960"),
    ("missing_licence", "no licence for this tool or part", "set XILINXD_LICENSE_FILE or LM_LICENSE_FILE"),
    ("missing_part", "the part is not installed", "add its device family to the installation"),
    ("disk_full", "the disk is full", "free some space, run again"),
    ("out_of_memory", "the machine's memory is used up", "use a machine with more memory, or fewer threads"),
    ("crashed", "the tool crashed", "read the log; another release may help"),
)


@dataclass(frozen=True)
class Cause:
    """Why a run failed: in words, the line that proves it, what to do, and the step that the line belongs to."""

    what: str
    line: str
    next_step: str
    step: str = ""

    def problem(self, log: Path, step: str = "", rest: str = "") -> Problem:
        """As an error names it; `step` where the log knows none."""
        step = self.step or step
        what = f"{self.what}{f' (step {step})' if step else ''}{rest}"
        return Problem(what, str(log), self.line[:LONGEST], next_step=self.next_step)


def find_cause(log: Path, code: int = 0) -> Cause | None:
    """The best explanation that a log and an exit code give; None where neither shows a failure."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    parsed = _parsed(text)
    for name, what, next_step in CAUSES:
        lines: tuple[str, ...] = getattr(parsed.findings, name)
        if lines:
            return Cause(what, lines[0], next_step, _step_of(text, lines[0]))
    if code in KILLED:
        step = "often the machine's memory is used up (dmesg tells): use more memory, or fewer threads"
        return Cause("the tool was killed", _last_line(text), step, _step_of(text, ""))
    line = next((str(error) for error in parsed.errors), "")
    if line:
        return Cause("the tool reports an error", line, f"read {log}", _step_of(text, line))
    line = next(iter(parsed.findings.failed_steps), "")
    return Cause("the tool reports a failed step", line, f"read {log}", _step_of(text, line)) if line else None


def check_log(log: Path) -> None:
    """Raise a `StageError` for a log that shows a failure although its tool ended with code 0."""
    found = find_cause(log)
    if found is not None:
        raise StageError(found.problem(log, rest=", though the tool ended with code 0"))


def critical_record(folder: Path) -> dict[str, Any]:
    """How many critical warnings a run's log has, which fail no run, and the first of them."""
    log = folder / LOG
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    found = [str(message)[:LONGEST] for message in _parsed(text).critical_warnings]
    return {"critical_warnings": found[:SHOWN], "critical_warning_count": len(found)}


def _parsed(text: str) -> ToolLog:
    try:
        return parse_tool_log(text)
    except FormatError:
        return parse_tool_log(_HEAD + text)


def _step_of(text: str, line: str) -> str:
    """The step in which a line was printed; the last one for a line that is not found."""
    at = text.find(line[:_PROVES]) if line else -1
    begun = _STEP.findall(text if at < 0 else text[:at])
    return begun[-1] if begun else ""


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")

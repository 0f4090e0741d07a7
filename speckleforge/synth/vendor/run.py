"""Running a vendor's plan. Takes a plan and a work folder; leaves its results there, or says what went wrong and why.

A tool runs in its own process group with a time limit; its steps and the last line of its log are progress. Whatever
its exit code, the log is searched, and every result must be there, filled, and younger than the run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.parsers.log_findings import Findings
from speckleforge.parsers.tool_log import ToolLog, parse_tool_log
from speckleforge.synth.vendor.vendor_plan import VendorPlan
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.process import Watch, minimal_environment, run_tool

Progress = Callable[[float, str], None]
LOG = "run.log"
_STEP = re.compile(r"^speckleforge: step (\S+)")
_SHOWN = 60  # characters of a log's line
CLOCK_GRAIN_S = 2.0  # of file systems' times

# What a log may show, in the order in which it explains a failure best; what to do about it.
CAUSES = (
    ("missing_licence", "no licence for this tool or part", "set XILINXD_LICENSE_FILE or LM_LICENSE_FILE"),
    ("missing_part", "the part is not installed", "add its device family to the installation"),
    ("disk_full", "the disk is full", "free some space, run again"),
    ("out_of_memory", "the machine's memory is used up", "use a machine with more memory, or fewer threads"),
    ("crashed", "the tool crashed", "read the log; another release may help"),
)


@dataclass
class _Follower:
    """Writes a tool's lines to its log and tells how far it is."""

    log: IO[str]
    plan: VendorPlan
    progress: Progress
    step: str = ""
    last: str = ""
    begun: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        """One line of the tool."""
        self.log.write(text + "\n")
        self.log.flush()
        found = _STEP.match(text)
        if found:
            self.begin(found[1])
        elif text.strip():
            self.last = text.strip()[:_SHOWN]

    def begin(self, step: str) -> None:
        """A step has begun."""
        self.step = step
        self.begun.append(step)
        self.tell()

    def beat(self, elapsed_s: float) -> None:
        """Say what goes on, every second."""
        self.tell()

    def tell(self) -> None:
        """Fraction of steps begun, the step, the last line."""
        steps = self.plan.steps
        done = (len(self.begun) - 1) / len(steps) if self.begun and steps else 0.0
        name = f"{self.plan.front_end} {self.plan.release}"
        self.progress(
            max(0.0, min(done, 1.0)), f"{name}: {self.step or 'starting'}{f': {self.last}' * bool(self.last)}"
        )


def run_plan(plan: VendorPlan, folder: Path, progress: Progress, timeout_s: float | None = None) -> Path:
    """Run a plan in `folder`, where its inputs lie; gives the log.

    Raises
    ------
    StageError
        A tool is missing, failed, was killed or took too long; the log shows an error whatever the exit code; a result
        is missing, empty, or older than the run. Names the cause that the log shows, its line, and the log.
    """
    missing = [name for name in plan.inputs if not (folder / name).exists()]
    if missing:
        raise StageError(Problem("inputs of the run are missing", str(folder), ", ".join(missing)))
    for name, text in plan.plan.files:
        (folder / name).write_text(text, encoding="utf-8")
    log = folder / LOG
    log.unlink(missing_ok=True)
    started = time.time()
    with log.open("a", encoding="utf-8") as sink:
        follower = _Follower(sink, plan, progress)
        try:
            _commands(plan, folder, log, follower, timeout_s)
        except StageError as error:
            sink.flush()
            raise explained(error, log, follower.step) from error
    check_log(log, follower.step)
    _check_results(plan, folder, log, started)
    return log


def _commands(plan: VendorPlan, folder: Path, log: Path, follower: _Follower, timeout_s: float | None) -> None:
    end = None if timeout_s is None else time.monotonic() + timeout_s
    for command, announced in zip(plan.plan.commands, plan.announce, strict=True):
        for step in announced:
            follower.begin(step)
        tool = find_tool(command.tool)
        left = None if end is None else max(end - time.monotonic(), 0.1)
        watch = Watch(timeout_s=left, on_line=follower.line, heartbeat=follower.beat)
        environment = minimal_environment(tool.env, folders=(str(tool.root),), temporary=folder)
        run_tool([*tool.command, *command.arguments], cwd=folder, log=log, env=environment, watch=watch)


def explained(error: StageError, log: Path, step: str) -> StageError:
    """The error with what the log shows in front: a cause, the line that proves it, what to do."""
    found = cause(log)
    if found is None:
        return error
    what, line, next_step = found
    first = Problem(f"{what}{f' (step {step})' if step else ''}", str(log), line, next_step=next_step)
    return StageError([first, *error.problems])


def cause(log: Path) -> tuple[str, str, str] | None:
    """(cause, line, what to do) that a log shows: a known cause, else the tool's first error; None without either."""
    parsed = _parsed(log)
    if parsed is None:
        return None
    for name, what, step in CAUSES:
        lines = _lines(parsed.findings, name)
        if lines:
            return what, lines[0], step
    if parsed.errors:
        return "the tool reports an error", str(parsed.errors[0]), f"read {log}"
    return None


def check_log(log: Path, step: str) -> None:
    """Refuse a run whose log shows a failure although the tool ended with code 0."""
    found = cause(log)
    if found is not None:
        what, line, next_step = found
        where = f"{what}{f' (step {step})' if step else ''}, although the tool ended without one"
        raise StageError(Problem(where, str(log), line, next_step=next_step))


def _lines(findings: Findings, name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(findings, name)
    return found


def _parsed(log: Path) -> ToolLog | None:
    try:
        return parse_tool_log(log.read_text(encoding="utf-8", errors="replace"), log.name)
    except (OSError, FormatError):
        return None


def _check_results(plan: VendorPlan, folder: Path, log: Path, started: float) -> None:
    """Every result is there, filled, and of this run."""
    for name in plan.plan.results:
        path = folder / name
        if not path.is_file() or path.stat().st_size == 0:
            what = f"{plan.front_end} left no {name}" if not path.exists() else f"{plan.front_end} left {name} empty"
            raise StageError(Problem(what, str(log), next_step=f"read {log}"))
        if path.stat().st_mtime < started - CLOCK_GRAIN_S:
            raise StageError(Problem(f"{name} is older than the run", str(path), next_step=f"read {log}"))

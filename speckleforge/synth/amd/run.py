"""Running a vendor's plan. Takes a plan and a work folder; leaves its results there, or says what went wrong and why.

A tool runs in its own process group with a time limit; its steps and the last line of its log are progress. Whatever
its exit code, the log is searched, and every result must be there, filled, and younger than the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.synth.amd.causes import LOG, MARK, check_log, find_cause
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.process import EndedError, TimeLimitError, Watch, minimal_environment, run_tool
from speckleforge.tools.vendor import vendor_folders

Progress = Callable[[float, str], None]
_SHOWN = 60  # characters of a log's line
CLOCK_GRAIN_S = 2.0  # of file systems' times
HOUR_S = 3600.0


@dataclass(frozen=True)
class Limit:
    """How long a run may take, and the key of the spec that says so."""

    hours: float
    key: str


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
        if text.startswith(MARK):
            self.begin(text.removeprefix(MARK).strip())
        elif text.strip():
            self.last = text.strip()[:_SHOWN]

    def announce(self, step: str) -> None:
        """A step of a program that does not say so itself."""
        self.line(f"{MARK}{step}")

    def begin(self, step: str) -> None:
        """A step has begun."""
        self.step, self.last = step, ""
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


def run_plan(plan: VendorPlan, folder: Path, progress: Progress, limit: Limit) -> Path:
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
            _commands(plan, folder, log, follower, time.monotonic() + limit.hours * HOUR_S)
        except TimeLimitError as error:
            raise StageError(_took_too_long(plan, log, follower.step, limit)) from error
        except StageError as error:
            raise explained(error, log, follower.step) from error
    check_log(log)
    _check_results(plan, folder, log, started)
    return log


def _commands(plan: VendorPlan, folder: Path, log: Path, follower: _Follower, end: float) -> None:
    for command, announced in zip(plan.plan.commands, plan.announce, strict=True):
        for step in announced:
            follower.announce(step)
        tool = find_tool(command.tool)
        left = max(end - time.monotonic(), 0.1)
        watch = Watch(timeout_s=left, on_line=follower.line, heartbeat=follower.beat, both=True)
        folders = (str(tool.root), *vendor_folders())
        environment = minimal_environment(tool.env, folders=folders, temporary=folder)
        run_tool([*tool.command, *command.arguments], cwd=folder, log=log, env=environment, watch=watch)


@contextmanager
def reading(log: Path) -> Iterator[None]:
    """What is wrong with the results of a run here is to be looked for in its log."""
    try:
        yield
    except (FormatError, StageError) as error:
        raise type(error)(replace(problem, next_step=f"read {log}") for problem in error.problems) from error


def _took_too_long(plan: VendorPlan, log: Path, step: str, limit: Limit) -> Problem:
    what = f"{plan.front_end} took more than {limit.hours:g} hours{f' (step {step})' if step else ''}"
    return Problem(what, str(log), f"{limit.key}: {limit.hours:g}", next_step=f"read {log}; or raise {limit.key}")


def explained(error: StageError, log: Path, step: str) -> StageError:
    """The error with what the log shows in front, or at least with the step."""
    found = find_cause(log, error.code if isinstance(error, EndedError) else 0)
    if found is not None:
        return StageError([found.problem(log, step), *error.problems])
    first, *rest = error.problems
    return StageError([replace(first, what=f"{first.what}{f' (step {step})' if step else ''}"), *rest])


def _check_results(plan: VendorPlan, folder: Path, log: Path, started: float) -> None:
    """Every result is there, filled, and of this run."""
    for name in plan.plan.results:
        path = folder / name
        if not path.is_file() or path.stat().st_size == 0:
            what = f"{plan.front_end} left no {name}" if not path.exists() else f"{plan.front_end} left {name} empty"
            raise StageError(Problem(what, str(log), next_step=f"read {log}"))
        if path.stat().st_mtime < started - CLOCK_GRAIN_S:
            raise StageError(Problem(f"{name} is older than the run", str(path), next_step=f"read {log}"))

"""Running a tool. Takes a command, a folder and an environment; gives how long it took, or a `StageError`.

A tool runs in its own process group, in a folder and with an environment that the caller names. On a time limit, a
cancellation or any exception the whole group ends. Its output goes to a log file, which the error names.
"""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from speckleforge.errors import Problem, StageError, StoreError
from speckleforge.tools.sessions import kill_group, kill_session

POLL_S = 0.05
HEARTBEAT_S = 1.0
FLOOD_S = 1.0
LONGEST_LINE = 1 << 20  # bytes without a newline that are kept before they are handed on
_ERROR_LINE = re.compile(r"error|fatal|traceback|exception|cannot|no such file", re.IGNORECASE)
# Passed on where set: licence servers, where a vendor's tools and patches are and which to use, and where yowasp keeps
# its compiled WebAssembly (30-40 s to redo).
PASSED_ON = (
    "HOME",
    "XDG_CACHE_HOME",
    "YOWASP_CACHE_DIR",
    "LM_LICENSE_FILE",
    "XILINXD_LICENSE_FILE",
    "XILINX_VIVADO",
    "XILINX_HLS",
    "XILINX_VITIS",
    "XILINX_PATH",
    "MYVIVADO",
    "SPECKLEFORGE_HLS",
)


class CancelledError(StageError):
    """The build was interrupted while this ran."""


class TimeLimitError(StageError):
    """The tool took longer than it may, and was ended."""


class EndedError(StageError):
    """The tool ended badly: `code` is its exit code, or minus the number of the signal that killed it."""

    def __init__(self, problem: Problem, code: int) -> None:
        super().__init__(problem)
        self.code = code


@dataclass(frozen=True)
class Finished:
    """A tool that ended well: wall time in seconds and where its output is."""

    command: tuple[str, ...]
    wall_s: float
    log: Path


@dataclass(frozen=True)
class Watch:
    """What may happen while a tool runs.

    Attributes
    ----------
    timeout_s
        Wall-clock limit in seconds; None for no limit.
    cancel
        When set, the tool is ended and `CancelledError` is raised.
    on_line
        Called with each line of the tool's standard output, which then does not go to the log.
    heartbeat
        Called about once a second with the seconds since the start.
    both
        `on_line` gets the lines of standard error too, in the order in which both were printed.
    """

    timeout_s: float | None = None
    cancel: threading.Event | None = None
    on_line: Callable[[str], None] | None = None
    heartbeat: Callable[[float], None] | None = None
    both: bool = False


@dataclass
class _Running:
    """One started tool and what is still to be read from it."""

    process: subprocess.Popen[bytes]
    whole_session: bool
    started: float
    next_beat: float = HEARTBEAT_S
    pending: bytes = b""
    open: bool = field(default=True)

    def lines(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk`, empty at the end of the output, completes; a last line may lack its newline."""
        *lines, self.pending = (self.pending + chunk).split(b"\n")
        if self.pending and (not chunk or len(self.pending) > LONGEST_LINE):
            lines.append(self.pending)
            self.pending = b""
        return lines

    def end(self) -> None:
        """Kill all that the tool started and collect it."""
        (kill_session if self.whole_session else kill_group)(self.process.pid)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)


def minimal_environment(
    extra: Mapping[str, str] | None = None, *, folders: Sequence[str] = (), temporary: Path | None = None
) -> dict[str, str]:
    """An environment that does not depend on who runs the tool.

    Parameters
    ----------
    extra
        Variables to add; they win.
    folders
        Folders to search for programs before the interpreter's and the system's.
    temporary
        Where temporary files go.
    """
    path = [*folders, str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    # One thread: sums in another order give other last bits. A fixed hash seed: sets iterate alike in every run.
    environment |= {"PATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    environment |= {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if temporary is not None:
        environment["TMPDIR"] = str(temporary)
    return environment | dict(extra or {})


def run_tool(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    watch: Watch | None = None,
    whole_session: bool = False,
    keep_fds: Sequence[int] = (),
) -> Finished:
    """Run `command` to its end.

    Parameters
    ----------
    command
        Program and arguments; no shell takes part.
    cwd
        The folder in which it runs.
    log
        Its output is added to this file.
    env
        All of its environment; `minimal_environment()` where None.
    watch
        Time limit, cancellation, line and heartbeat callbacks.
    whole_session
        Start it as the leader of a new session, and at its end kill whatever of that session is left.
    keep_fds
        File descriptors that it inherits.

    Raises
    ------
    StageError
        It cannot start; `EndedError`: it ends with another code than 0; `TimeLimitError`: it exceeds its time. Names
        command, exit code, first error line and log.
    CancelledError
        `watch.cancel` was set.
    """
    words = tuple(str(word) for word in command)
    watch = watch or Watch()
    with _open_log(log) as sink:
        running = _start(
            words,
            sink=sink.fileno(),
            cwd=cwd,
            env=dict(minimal_environment() if env is None else env),
            watch=watch,
            whole_session=whole_session,
            keep_fds=tuple(keep_fds),
        )
        try:
            _follow(running, words, log, watch)
        except BaseException:
            running.end()
            raise
        if whole_session:
            kill_session(running.process.pid, grace_s=0.0)
    wall_s = time.monotonic() - running.started
    if running.process.returncode:
        raise EndedError(failure(words, running.process.returncode, log), running.process.returncode)
    return Finished(words, wall_s, log)


def failure(command: Sequence[str], code: int, log: Path, what: str = "") -> Problem:
    """The problem that describes a failed command: its exit code (or signal) and the first error line of its log."""
    program = Path(command[0]).name
    ended = f"was killed by {_signal_name(-code)}" if code < 0 else f"ended with code {code}"
    return Problem(
        what=what or f"{program} {ended}: {first_error_line(log) or 'it printed nothing'}",
        where=str(log),
        got=shlex.join(command),
        next_step=f"read {log}",
    )


def first_error_line(log: Path) -> str:
    """The first line of `log` that looks like an error; else its last line; empty if there is none.

    Of a Python traceback it is the last line, which names the exception.
    """
    try:
        lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    lines = [line for line in lines if line]
    if not lines or any(line.startswith("Traceback (most recent call last)") for line in lines):
        return lines[-1] if lines else ""
    return next((line for line in lines if _ERROR_LINE.search(line)), lines[-1])


def _open_log(log: Path) -> BinaryIO:
    """Open the log for appending; its folder is made."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("ab")
    except OSError as error:
        raise StoreError(Problem("the log cannot be written", str(log), got=str(error))) from error


def _start(
    words: tuple[str, ...],
    *,
    sink: int,
    cwd: Path,
    env: dict[str, str],
    watch: Watch,
    whole_session: bool,
    keep_fds: tuple[int, ...],
) -> _Running:
    """Start the process; its standard input is a pipe that closes when we die (the child may watch it)."""
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE if whole_session else subprocess.DEVNULL,
            stdout=subprocess.PIPE if watch.on_line else sink,
            stderr=subprocess.STDOUT if watch.on_line and watch.both else sink,
            pass_fds=keep_fds,
            start_new_session=whole_session,
            process_group=None if whole_session else 0,
        )
    except OSError as error:
        problem = Problem(f"{words[0]} cannot be started: {error.strerror}", got=shlex.join(words))
        raise StageError(problem) from error
    return _Running(process, whole_session, time.monotonic(), open=watch.on_line is not None)


def _follow(running: _Running, words: tuple[str, ...], log: Path, watch: Watch) -> None:
    """Read lines and watch the clock until the process ends."""
    while running.process.poll() is None:
        _read(running, watch, POLL_S)
        elapsed = time.monotonic() - running.started
        if watch.cancel is not None and watch.cancel.is_set():
            raise CancelledError(Problem(f"{Path(words[0]).name} was interrupted", got=shlex.join(words)))
        if watch.timeout_s is not None and elapsed > watch.timeout_s:
            raise TimeLimitError(failure(words, 0, log, f"time limit of {watch.timeout_s:g} s exceeded"))
        if watch.heartbeat and elapsed >= running.next_beat:
            running.next_beat = elapsed + HEARTBEAT_S
            watch.heartbeat(elapsed)
    _read(running, watch, 0.0)
    _hand_on(running.lines(b""), watch)


def _read(running: _Running, watch: Watch, wait_s: float) -> None:
    """Hand on the lines that are there; wait at most `wait_s` for some (or for the end of the process).

    A tool that prints without a pause is left after `FLOOD_S`: its time limit and a cancellation must be seen.
    """
    stream = running.process.stdout
    if stream is None or not running.open:
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(timeout=wait_s)
        return
    until = time.monotonic() + wait_s + FLOOD_S
    while running.open and time.monotonic() < until and select.select([stream], [], [], wait_s)[0]:
        chunk = os.read(stream.fileno(), 65536)
        running.open = bool(chunk)
        _hand_on(running.lines(chunk), watch)
        wait_s = 0.0


def _hand_on(lines: Sequence[bytes], watch: Watch) -> None:
    """Lines to whoever watches."""
    for line in lines:
        if watch.on_line:
            watch.on_line(line.decode("utf-8", errors="replace"))


def _signal_name(number: int) -> str:
    """`SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

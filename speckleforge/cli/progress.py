"""Progress of a build on stderr. Takes the graph's events; gives lines, or a live table on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from speckleforge.cli import fold
from speckleforge.graph.events import Event
from speckleforge.units import text_seconds

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

EVERY_S = 30.0  # between two lines of one stage that runs
COLOURS = {"hit": "green", "run": "green", "runs": "cyan", "failed": "red", "skipped": "dim", "waits": "dim"}

FOREMOST = ("failed", "runs", "waits", "skipped", "run", "hit")  # what a row for several stages shows


class Lines(AbstractContextManager["Lines"]):
    """For logs and pipes: a line when a stage starts and ends, and every half minute where it is in between."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.latest: dict[str, str] = {}  # what each running stage said last
        self.spoke_s: dict[str, float] = {}  # how long it ran when its latest line was written

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if event.kind == "progress":
            self.latest[event.stage] = describe(event)
        elif event.kind == "alive":
            self.beat(event)
        else:
            self.write(f"{event.stage}: {describe(event)}")

    def beat(self, event: Event) -> None:
        """A stage is alive, as it says about once a second; most of it is not worth a line."""
        if event.elapsed_s - self.spoke_s.get(event.stage, 0.0) >= EVERY_S:
            self.spoke_s[event.stage] = event.elapsed_s
            self.write(f"{event.stage}: {text_seconds(event.elapsed_s)}: {self.latest.get(event.stage) or 'runs'}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to clear up."""


def describe(event: Event) -> str:
    """An event in words; empty for a heartbeat."""
    if event.kind == "started":
        return f"runs ({event.message})"
    if event.kind == "progress":
        return f"{100 * event.done:.0f} % {event.message}" if event.done > 0 else event.message
    outcome = event.outcome
    if outcome is None:
        return ""
    ends = {"run": f"done in {text_seconds(outcome.wall_s)}", "hit": "hit", "failed": f"FAILED: {outcome.why}"}
    return ends.get(outcome.status, f"{outcome.status}: {outcome.why}")


@dataclass
class _Row:
    """What the live table shows of a stage."""

    state: str = "waits"
    line: str = ""
    since: float = field(default_factory=time.monotonic)
    wall_s: float | None = None

    def elapsed(self) -> str:
        """Seconds that it runs or ran."""
        if self.state == "waits" or self.wall_s == 0.0:
            return ""
        return text_seconds(time.monotonic() - self.since if self.wall_s is None else self.wall_s)


def _together(rows: Mapping[str, _Row]) -> _Row:
    """One row for all replicas: how many are done, and what those that run say."""
    state = min((row.state for row in rows.values()), key=FOREMOST.index)
    done = sum(row.wall_s is not None for row in rows.values())
    running = [f"{name}: {row.line}" for name, row in rows.items() if row.state == "runs"]
    line = "; ".join([f"{done} of {len(rows)} done", *running])
    wall_s = sum(row.wall_s or 0.0 for row in rows.values()) if done == len(rows) else None
    return _Row(state, line, min(row.since for row in rows.values()), wall_s)


class Display(AbstractContextManager["Display"]):
    """A table of the stages with state, time and last line, while the build runs; appears with the first that runs."""

    def __init__(self, stages: tuple[str, ...]) -> None:
        self.rows = {name: _Row() for name in stages}
        self.live: Live | None = None

    def __call__(self, event: Event) -> None:
        """Take one event."""
        row = self.rows.setdefault(event.stage, _Row())
        if event.kind == "started":
            row.state, row.line, row.since = "runs", event.message, time.monotonic()
            self.start()
        elif event.kind == "progress":
            row.line = describe(event)
        elif event.outcome is not None:
            row.state, row.wall_s = event.outcome.status, event.outcome.wall_s
            row.line = event.outcome.why if event.outcome.status != "hit" else ""

    def start(self) -> None:
        """Show the table; rich is loaded only now."""
        if self.live is None:
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True)
            self.live = Live(console=console, get_renderable=self.table, refresh_per_second=5, transient=False)
            self.live.start()

    def table(self) -> Table:
        """The table as it is now."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2))
        for width in (12, 8, 12):
            grid.add_column(min_width=width, no_wrap=True)
        grid.add_column(no_wrap=True, overflow="ellipsis")
        for name, row in self.shown():
            state = Text(row.state, style=COLOURS[row.state])
            grid.add_row(Text(name), state, Text(row.elapsed()), Text(row.line))
        return grid

    def shown(self) -> Iterator[tuple[str, _Row]]:
        """The rows, with one for all replicas behind the rest: a terminal has only so many lines."""
        replicas = {name: row for name, row in self.rows.items() if fold.is_replica(name)}
        yield from ((name, row) for name, row in self.rows.items() if name not in replicas)
        if replicas:
            yield fold.label(replicas), _together(replicas)

    def __enter__(self) -> Self:
        """Nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last state on the screen."""
        if self.live is not None:
            self.live.stop()


def listener(stages: tuple[str, ...], *, plain: bool, write: Callable[[str], None]) -> Lines | Display:
    """A table on a terminal, else lines."""
    return Lines(write) if plain or not sys.stderr.isatty() else Display(stages)

"""What a build tells while it goes on, and what it says at its end. Takes nothing; gives the records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from speckleforge.graph.replicas import shown_name
from speckleforge.store.ac import Entry

Status = Literal["hit", "run", "failed", "skipped"]
EXIT_FAILED = 1
EXIT_SIGNAL = 128


@dataclass(frozen=True)
class Outcome:
    """How a stage ended.

    Attributes
    ----------
    name, status
        `hit`: taken from the store; `run`: made now; `failed`; `skipped`: a stage that it needs failed, it takes no
        part, or the build was interrupted.
    why
        One line: what changed, what failed, what was missing.
    key
        The action key; empty where an input was missing.
    wall_s
        Seconds that it took now (0 for a hit).
    error
        What went wrong, for a failed stage.
    log
        The log of a failed stage.
    entry
        The stored result, for a stage that succeeded.
    """

    name: str
    status: Status
    why: str
    key: str = ""
    wall_s: float = 0.0
    error: BaseException | None = None
    log: Path | None = None
    entry: Entry | None = field(default=None, repr=False)

    @property
    def outputs(self) -> dict[str, str]:
        """Where each output appears under `build/<name>/` -> its digest; nothing for a stage without a result."""
        made = self.entry.outputs if self.entry is not None else {}
        return {shown_name(self.name, output): digest for output, digest in made.items()}

    def record(self) -> dict[str, Any]:
        """The stage's line in the build's JSON document."""
        wall_s = round(self.wall_s, 3)
        return {"name": self.name, "status": self.status, "key": self.key, "wall_s": wall_s, "why": self.why}


@dataclass(frozen=True)
class Event:
    """Something that happened to a stage.

    Attributes
    ----------
    kind
        `started`, `progress` (the stage said how far it is), `alive` (about once a second), `finished`.
    stage
        Its name.
    message
        `started`: why it runs; `progress`: what the stage says.
    done
        Fraction done in [0, 1], for `progress`.
    elapsed_s
        Seconds since its start, for `alive`.
    outcome
        For `finished`.
    """

    kind: Literal["started", "progress", "alive", "finished"]
    stage: str
    message: str = ""
    done: float = 0.0
    elapsed_s: float = 0.0
    outcome: Outcome | None = None


Listener = Callable[[Event], None]  # called from several threads, one at a time


def nobody(event: Event) -> None:
    """A listener that does not listen."""


@dataclass(frozen=True)
class Build:
    """A finished build: one outcome per stage, in order; the signal that ended it early, or 0."""

    outcomes: tuple[Outcome, ...]
    signal: int = 0

    @property
    def exit_code(self) -> int:
        """0 all built, 1 a stage failed, 130/143 interrupted."""
        if self.signal:
            return EXIT_SIGNAL + self.signal
        return EXIT_FAILED if any(outcome.status == "failed" for outcome in self.outcomes) else 0

    def outcome(self, name: str) -> Outcome:
        """The outcome of a stage; KeyError if the build did not involve it."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise KeyError(name)

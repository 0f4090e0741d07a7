"""One build while it goes on. Takes the turns of stages; gives outcomes; knows the order of none.

Whether a stage is up to date is asked of the store when its turn has come: then its inputs are known by content, and a
stage whose inputs came out as before does not run.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from speckleforge.graph.events import Event, Listener, Outcome, Status
from speckleforge.graph.job import Job, make
from speckleforge.graph.keys import Keys
from speckleforge.graph.plan import reason, reason_for_hit
from speckleforge.graph.signals import Interruption
from speckleforge.graph.stage import Stage, external_files
from speckleforge.store.ac import Entry
from speckleforge.store.key import KeyDocument
from speckleforge.store.store import Store
from speckleforge.tools.process import CancelledError, Watch

INTERRUPTED = "the build was interrupted"


@dataclass
class Session:
    """What is known while a build runs; changed by the thread of each stage, under `guard`."""

    keys: Keys
    store: Store
    stop: Interruption
    listener: Listener
    watched: frozenset[str]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    documents: dict[str, KeyDocument] = field(default_factory=dict)
    guard: threading.RLock = field(default_factory=threading.RLock)

    def is_hit(self, stage: Stage) -> bool:
        """Asked when all that `stage` needs is made: compute its key and look it up."""
        if self.stop.event.is_set() or stage.name in self.outcomes:
            return self._has(stage)
        with self._recorded(stage):
            inputs = {role: self.known[source] for role, source in stage.inputs.items()}
            document = self.documents[stage.name] = self.keys.document(stage, inputs)
            entry = self.store.lookup(document.key())
            if entry is not None:
                why = reason_for_hit(self.store, self.keys.spec.name, stage.name, entry)
                self._succeed(stage, entry, Outcome(stage.name, "hit", why, entry.key, entry=entry))
        return self._has(stage)

    def make(self, stage: Stage) -> bool:
        """Run `stage`, on whatever thread this is; False if it failed."""
        if self.stop.event.is_set() or stage.name in self.outcomes:
            return False
        with self._recorded(stage):
            document = self.documents[stage.name]
            why, _ = reason(self.store, self.keys.spec.name, stage.name, document)
            self.tell(Event("started", stage.name, why))
            started = time.monotonic()
            entry, shared = make(self._job(stage, document), self.store, self._watch(stage))
            wall_s = time.monotonic() - started
            text = "another build made it meanwhile" if shared else why
            status: Status = "hit" if shared else "run"
            self._succeed(stage, entry, Outcome(stage.name, status, text, entry.key, wall_s, entry=entry))
        return self._has(stage)

    def skipped(self, stage: Stage) -> Outcome:
        """The outcome of a stage whose turn never came."""
        bad = [name for name in stage.needs if name in self.outcomes and self.outcomes[name].entry is None]
        why = INTERRUPTED if self.stop.event.is_set() else f"needs {', '.join(bad)}"
        return self._finish(Outcome(stage.name, "skipped", why))

    def _has(self, stage: Stage) -> bool:
        """True if the stage's result is there."""
        return stage.name in self.outcomes and self.outcomes[stage.name].entry is not None

    def tell(self, event: Event) -> None:
        """Call the listener, one thread at a time."""
        with self.guard:
            self.listener(event)

    @contextmanager
    def _recorded(self, stage: Stage) -> Iterator[None]:
        """Turn an exception into a failed outcome: one stage's failure must not stop the others."""
        started = time.monotonic()
        try:
            yield
        except CancelledError:
            self._finish(Outcome(stage.name, "skipped", INTERRUPTED))
        except Exception as error:
            key = self.documents[stage.name].key() if stage.name in self.documents else ""
            log = self.store.log(stage.declared, key)
            why = str(error).partition("\n")[0] or type(error).__name__
            wall_s = time.monotonic() - started
            self._finish(
                Outcome(stage.name, "failed", why, key, wall_s, error=error, log=log if log.is_file() else None)
            )

    def _succeed(self, stage: Stage, entry: Entry, outcome: Outcome) -> None:
        """Note what a stage gave, for those that read it and for the next `why`."""
        with self.guard:
            self.known |= {(stage.name, output): digest for output, digest in entry.outputs.items()}
        self.store.ac.touch(entry.key)
        self.store.ac.point(self.keys.spec.name, stage.name, entry.key)
        self._finish(outcome)

    def _finish(self, outcome: Outcome) -> Outcome:
        """Record and report an outcome."""
        with self.guard:
            self.outcomes[outcome.name] = outcome
            self.tell(Event("finished", outcome.name, outcome.why, outcome=outcome))
        return outcome

    def _job(self, stage: Stage, document: KeyDocument) -> Job:
        """The job of a stage whose inputs are known."""
        inputs = {role: (source[1], self.known[source]) for role, source in stage.inputs.items()}
        files = external_files(self.keys.spec, stage.name)
        sources = self.keys.sources
        return Job(document, stage.module, stage.outputs, inputs, files, sources, self.watched)

    def _watch(self, stage: Stage) -> Watch:
        """Hand on what the child says, and end it when the build ends."""

        def line(text: str) -> None:
            done, message = _progress(text)
            self.tell(Event("progress", stage.name, message, done))

        def beat(elapsed_s: float) -> None:
            self.tell(Event("alive", stage.name, elapsed_s=elapsed_s))

        return Watch(cancel=self.stop.event, on_line=line, heartbeat=beat)


def _progress(text: str) -> tuple[float, str]:
    """Read a line of progress; what is none is shown as it is."""
    try:
        record: Mapping[str, Any] = json.loads(text)
        return float(record["done"]), str(record["message"])
    except (ValueError, KeyError, TypeError):
        return 0.0, text

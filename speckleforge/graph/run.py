"""Building. Takes a spec and a store; gives an outcome for each stage. The only module that knows doit.

doit orders the stages, runs what is ready on two threads and goes on after a failure. Whether a stage is up to date is
asked of the store when its turn has come: then its inputs are known by content, and a stage whose inputs came out as
before does not run. doit's own memory of earlier runs is a dictionary that dies with the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from doit.action import BaseAction
from doit.control import TaskControl
from doit.dependency import Dependency
from doit.exceptions import TaskFailed
from doit.reporter import ZeroReporter
from doit.runner import MThreadRunner
from doit.task import Stream, Task

from speckleforge.errors import ForgeError
from speckleforge.graph.events import Build, Event, Listener, Outcome, Status, nobody
from speckleforge.graph.job import Job, make
from speckleforge.graph.keys import Keys
from speckleforge.graph.materialise import materialise
from speckleforge.graph.plan import open_sources, reason, reason_for_hit
from speckleforge.graph.signals import Interruption, interruptible
from speckleforge.graph.stage import SpecLike, Stage, bind, external_files
from speckleforge.graph.stages import STAGES
from speckleforge.store.ac import Entry
from speckleforge.store.key import KeyDocument
from speckleforge.store.store import Store
from speckleforge.tools.process import CancelledError, Watch

JOBS = 2
INTERRUPTED = "the build was interrupted"


def build(
    spec: SpecLike,
    store: Store,
    *,
    stages: tuple[Stage, ...] = STAGES,
    targets: tuple[str, ...] = (),
    jobs: int = JOBS,
    folder: Path | None = None,
    listener: Listener = nobody,
    keys: Keys | None = None,
    interruption: Interruption | None = None,
) -> Build:
    """Build `targets` (all stages, if none is named) and what they need.

    Parameters
    ----------
    spec
        What to build.
    store
        Where results are kept.
    stages
        The declarations.
    targets
        Names of stages.
    jobs
        How many stages may run at a time.
    folder
        Where to show the results under plain names; None for nowhere.
    listener
        Called with each `Event`, from several threads but one at a time.
    keys
        How to compute key documents; by default from our own sources.
    interruption
        Lets the caller end the build; SIGINT and SIGTERM do so in any case (in the main thread).

    Raises
    ------
    ForgeError
        The store cannot be used at all. The failure of a stage is an outcome, not an exception.
    """
    keys = keys or Keys(spec, open_sources(store))
    pipeline = bind(stages, spec)
    chosen = pipeline.upto(targets)
    with interruptible(interruption or Interruption()) as stop, store.in_use():
        running = _Running(keys, store, stop, listener, frozenset(p for s in stages for p in s.packages))
        _schedule(chosen, running, jobs)
        outcomes = [running.outcomes.get(stage.name) or running.skipped(stage) for stage in chosen]
        keys.sources.remember()
        if not targets:
            outcomes += [Outcome(name, "skipped", why) for name, why in pipeline.absent.items()]
        if folder is not None and not stop.number:
            materialise(store, folder, outcomes)
    bugs = [o.error for o in outcomes if o.error is not None and not isinstance(o.error, ForgeError)]
    if bugs:
        raise bugs[0]
    return Build(tuple(outcomes), stop.number)


@dataclass
class _Running:
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
        """Asked by doit when all that `stage` needs is made: compute its key and look it up."""
        if self.stop.event.is_set():
            return False
        with self._recorded(stage):
            inputs = {role: self.known[source] for role, source in stage.inputs.items()}
            document = self.documents[stage.name] = self.keys.document(stage, inputs)
            entry = self.store.lookup(document.key())
            if entry is not None:
                why = reason_for_hit(self.store, self.keys.spec.name, entry)
                self._succeed(stage, entry, Outcome(stage.name, "hit", why, entry.key, entry=entry))
        return stage.name in self.outcomes and self.outcomes[stage.name].entry is not None

    def make(self, stage: Stage) -> bool:
        """Asked by doit, on a thread, to run `stage`; False if it failed."""
        if self.stop.event.is_set() or stage.name in self.outcomes:
            return False
        with self._recorded(stage):
            document = self.documents[stage.name]
            why, _ = reason(self.store, self.keys.spec.name, document)
            self.tell(Event("started", stage.name, why))
            started = time.monotonic()
            entry, shared = make(self._job(stage, document), self.store, self._watch(stage))
            wall_s = time.monotonic() - started
            text = "another build made it meanwhile" if shared else why
            status: Status = "hit" if shared else "run"
            self._succeed(stage, entry, Outcome(stage.name, status, text, entry.key, wall_s, entry=entry))
        return self.outcomes[stage.name].entry is not None

    def skipped(self, stage: Stage) -> Outcome:
        """The outcome of a stage whose turn never came."""
        bad = [name for name in stage.needs if name in self.outcomes and self.outcomes[name].entry is None]
        why = INTERRUPTED if self.stop.event.is_set() else f"needs {', '.join(bad)}"
        return self._finish(Outcome(stage.name, "skipped", why))

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
            log = self.store.log(stage.name, key)
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
    import json

    try:
        record: Mapping[str, Any] = json.loads(text)
        return float(record["done"]), str(record["message"])
    except (ValueError, KeyError, TypeError):
        return 0.0, text


def _schedule(stages: tuple[Stage, ...], running: _Running, jobs: int) -> None:
    """Let doit run the stages."""
    tasks = [
        Task(
            stage.name,
            [_Action(partial(running.make, stage))],
            task_dep=list(stage.needs),
            uptodate=[partial(running.is_hit, stage)],
        )
        for stage in stages
    ]
    control = TaskControl(tasks)
    control.process(None)
    memory = Dependency(_Memory, "")
    runner = MThreadRunner(memory, _Reporter(None, {}), continue_=True, stream=Stream(0), num_process=max(1, jobs))
    runner.run_all(control.task_dispatcher())


class _Action(BaseAction):  # type: ignore[misc]
    """Calls a function; unlike doit's own action it leaves `sys.stdout` alone, which threads share."""

    def __init__(self, call: partial[bool]) -> None:
        self.call = call
        self.task = self.out = self.err = self.result = None
        self.values: dict[str, Any] = {}

    def execute(self, out: Any = None, err: Any = None) -> TaskFailed | None:
        """Run it; doit skips what depends on a failed task."""
        return None if self.call() else TaskFailed("failed")


class _Reporter(ZeroReporter):  # type: ignore[misc]
    """Says nothing (outcomes do), but lets no error of doit's own pass."""

    def runtime_error(self, msg: str) -> None:
        """A wrong task graph is a bug of ours."""
        raise ValueError(msg)


class _Memory:
    """doit's database, held in memory: the store alone knows what is up to date."""

    def __init__(self, name: str, codec: Any = None, *, module_name: str | None = None) -> None:
        self.name = name
        self.values: dict[str, dict[str, Any]] = {}

    def get(self, task: str, name: str) -> Any:
        """One value of a task, or None."""
        return self.values.get(task, {}).get(name)

    def set(self, task: str, name: str, value: Any) -> None:
        """Note one value of a task."""
        self.values.setdefault(task, {})[name] = value

    def in_(self, task: str) -> bool:
        """True if anything is noted of the task."""
        return task in self.values

    def remove(self, task: str) -> None:
        """Forget a task."""
        self.values.pop(task, None)

    def remove_all(self) -> None:
        """Forget everything."""
        self.values.clear()

    def dump(self) -> None:
        """Nothing is written."""

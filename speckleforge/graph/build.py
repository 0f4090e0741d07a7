"""Building. Takes a spec and a store; gives an outcome for each stage; computes nothing and orders nothing itself."""

from __future__ import annotations

from pathlib import Path

from speckleforge.errors import ForgeError
from speckleforge.graph.events import Build, Listener, Outcome, nobody
from speckleforge.graph.keys import Keys
from speckleforge.graph.materialise import claim, materialise
from speckleforge.graph.plan import open_sources
from speckleforge.graph.session import Session
from speckleforge.graph.signals import Interruption, interruptible
from speckleforge.graph.stage import SpecLike, Stage, bind
from speckleforge.graph.stages import STAGES
from speckleforge.store.store import Store

JOBS = 2


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
        The store or `folder` cannot be used at all. The failure of a stage is an outcome, not an exception.
    """
    if folder is not None:
        claim(folder)
    keys = keys or Keys(spec, open_sources(store), hashed=store.seen.digest)
    pipeline = bind(stages, spec)
    chosen = pipeline.upto(targets)
    with interruptible(interruption or Interruption()) as stop, store.in_use():
        session = Session(keys, store, stop, listener, frozenset(p for s in stages for p in s.packages))
        # All stages in order until one is no hit: most builds need no scheduler, which takes a while to import.
        if not all(session.is_hit(stage) for stage in chosen):
            from speckleforge.graph.run import schedule

            schedule(chosen, session, jobs)
        outcomes = [session.outcomes.get(stage.name) or session.skipped(stage) for stage in chosen]
        keys.sources.remember()
        if not targets:
            outcomes += [Outcome(name, "skipped", why) for name, why in pipeline.absent.items()]
        if folder is not None and not stop.number:
            materialise(store, folder, outcomes, whole=not targets)
    bugs = [o.error for o in outcomes if o.error is not None and not isinstance(o.error, ForgeError)]
    if bugs:
        raise bugs[0]
    return Build(tuple(outcomes), stop.number)

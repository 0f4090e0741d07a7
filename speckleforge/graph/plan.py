"""What a build would do. Takes a spec and a store; gives each stage's fate and the reason, running nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from speckleforge.graph.keys import PACKAGES, Keys
from speckleforge.graph.stage import Pipeline, SpecLike, Stage, bind
from speckleforge.graph.stages import STAGES
from speckleforge.graph.why import Change, changes, summary
from speckleforge.store.ac import Entry
from speckleforge.store.code import SourceTree
from speckleforge.store.key import KeyDocument
from speckleforge.store.store import Store

UNCHANGED = "nothing that it sees has changed"
Fate = Literal["hit", "run", "depends", "absent"]


@dataclass(frozen=True)
class Planned:
    """One stage of a plan.

    Attributes
    ----------
    name
        The stage.
    fate
        `hit`: its result is in the store; `run`: it will run; `depends`: it runs unless the stages in `on` give what
        they gave before; `absent`: it takes no part.
    why
        One line.
    changes
        The values that differ from this spec's latest result of the stage.
    on
        Stages whose results decide.
    key
        The action key, where it is known.
    wall_s
        How long the latest result took to make, in seconds, where there is one.
    tools
        Tools that shape its result, with their versions.
    """

    name: str
    fate: Fate
    why: str
    changes: tuple[Change, ...] = ()
    on: tuple[str, ...] = ()
    key: str = ""
    wall_s: float | None = None
    tools: Mapping[str, str] = field(default_factory=dict)


def open_sources(store: Store) -> SourceTree:
    """Our own sources as they are now, with syntax trees remembered in `store`."""
    return SourceTree(PACKAGES, store.code_index)


def plan(
    spec: SpecLike,
    store: Store,
    *,
    stages: tuple[Stage, ...] = STAGES,
    targets: tuple[str, ...] = (),
    keys: Keys | None = None,
) -> tuple[Planned, ...]:
    """The fate of each stage that building `targets` (all, if none is named) involves."""
    pipeline = bind(stages, spec)
    keys = keys or Keys(spec, open_sources(store), hashed=store.seen.digest)
    known: dict[tuple[str, str], str] = {}
    rows = []
    for stage in pipeline.upto(targets):
        row, entry = _planned(stage, keys, store, known)
        rows.append(row)
        if entry is not None:
            known |= {(stage.name, output): digest for output, digest in entry.outputs.items()}
    keys.sources.remember()
    return (*rows, *_absent(pipeline, targets))


def reason(store: Store, spec: str, stage: str, document: KeyDocument) -> tuple[str, tuple[Change, ...]]:
    """Why a stage with this key document, which is not in the store, must run; and what changed."""
    latest = store.ac.latest_entry(spec, stage)
    if latest is None:
        return "no result for this spec yet", ()
    found = changes(latest.document, document.record())
    if not found:
        return "its stored result is missing or was damaged", ()
    return summary(found), found


def reason_for_hit(store: Store, spec: str, stage: str, entry: Entry) -> str:
    """Where a result that is in the store comes from."""
    latest = store.ac.latest(spec, stage)
    if latest == entry.key:
        return UNCHANGED
    return "an earlier build of this spec, or another spec, has made it"


def _planned(stage: Stage, keys: Keys, store: Store, known: dict[tuple[str, str], str]) -> tuple[Planned, Entry | None]:
    """The fate of one stage, given the outputs that are known."""
    inputs = {role: known[source] for role, source in stage.inputs.items() if source in known}
    document = keys.document(stage, inputs)
    latest = store.ac.latest_entry(keys.spec.name, stage.name)
    wall_s = latest.wall_s if latest else None
    waits = tuple(dict.fromkeys(source[0] for source in stage.inputs.values() if source not in known))
    if waits:
        return _depending(stage, document, latest, waits), None
    key = document.key()
    entry = store.lookup(key)
    if entry is not None:
        why = reason_for_hit(store, keys.spec.name, stage.name, entry)
        return Planned(stage.name, "hit", why, key=key, wall_s=entry.wall_s, tools=document.tools), entry
    why, found = reason(store, keys.spec.name, stage.name, document)
    return Planned(stage.name, "run", why, found, key=key, wall_s=wall_s, tools=document.tools), None


def _depending(stage: Stage, document: KeyDocument, latest: Entry | None, waits: tuple[str, ...]) -> Planned:
    """A stage whose inputs are not all known; the changes that are known all the same."""
    unknown = {role for role, (source, _) in stage.inputs.items() if source in waits}
    found: tuple[Change, ...] = ()
    if latest is not None:
        inputs = {role: digest for role, digest in latest.document["inputs"].items() if role not in unknown}
        found = changes({**latest.document, "inputs": inputs}, document.record())
    why = f"depends on {', '.join(waits)}" + (f"; {summary(found)}" if found else "")
    wall_s = latest.wall_s if latest else None
    return Planned(stage.name, "depends", why, found, waits, wall_s=wall_s, tools=document.tools)


def _absent(pipeline: Pipeline, targets: tuple[str, ...]) -> tuple[Planned, ...]:
    """Rows for the stages that take no part (unless single stages were asked for)."""
    return tuple(Planned(name, "absent", why) for name, why in pipeline.absent.items() if not targets)

"""Listing and cleaning the store. Takes a store and an age; gives what is there, what may go, and removes it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from speckleforge.store.ac import Entry
from speckleforge.store.cas import ContentStore
from speckleforge.store.files import remove_tree
from speckleforge.store.store import Store

DAY_S = 86400.0


@dataclass(frozen=True)
class Listed:
    """One entry of the store: bytes of its outputs, seconds since it was last used, specs whose latest it is."""

    stage: str
    key: str
    size: int
    idle_s: float
    specs: tuple[str, ...]
    wall_s: float


@dataclass(frozen=True)
class Collected:
    """What a collection removed (or, in a dry run, would remove)."""

    entries: tuple[str, ...]
    blobs: int
    folders: int
    freed: int
    kept: int


def listing(store: Store) -> tuple[Listed, ...]:
    """All entries, most recently used first."""
    specs = _latest(store)
    rows = [_listed(store, entry, specs.get(entry.key, ())) for entry in _entries(store)]
    return tuple(sorted(rows, key=lambda row: (row.idle_s, row.stage)))


def collect(store: Store, *, keep_days: float = 30.0, dry_run: bool = False) -> Collected:
    """Remove entries that no spec's latest build uses and that were idle for `keep_days`, then unreferenced blobs.

    Raises
    ------
    StoreError
        A build is running.
    """
    with store.exclusive():
        rows = listing(store)
        gone = {row.key for row in rows if not row.specs and row.idle_s > keep_days * DAY_S}
        kept = {row.key for row in rows} - gone
        blobs = _unreferenced(store, kept)
        folders = _left_over(store, kept, keep_days)
        freed = sum(path.stat().st_size for path in blobs)
        if not dry_run:
            _remove([store.ac.path(key) for key in gone], blobs, folders)
        return Collected(tuple(sorted(gone)), len(blobs), len(folders), freed, len(kept))


def _remove(*groups: Iterable[Path]) -> None:
    """Entries first: an entry without its blobs is a miss, but blobs without an entry are only garbage."""
    for group in groups:
        for path in group:
            remove_tree(path)


def _entries(store: Store) -> list[Entry]:
    """All readable entries."""
    found = (store.ac.get(key) for key in store.ac.keys())  # noqa: SIM118
    return [entry for entry in found if entry is not None]


def _latest(store: Store) -> dict[str, tuple[str, ...]]:
    """Key -> names of the specs that point at it."""
    names: dict[str, tuple[str, ...]] = {}
    for path in sorted(store.ac.latest_folder.glob("*/*")):
        key = store.ac.latest(path.parent.name, path.name)
        names[key] = (*names.get(key, ()), path.parent.name)
    return names


def _listed(store: Store, entry: Entry, specs: tuple[str, ...]) -> Listed:
    """One row; a damaged output counts as no bytes."""
    idle_s = max(0.0, time.time() - store.ac.path(entry.key).stat().st_mtime)
    size = sum(store.cas.size(digest) for digest in entry.outputs.values() if store.cas.has(digest))
    return Listed(entry.stage, entry.key, size, idle_s, specs, entry.wall_s)


def _unreferenced(store: Store, kept: set[str]) -> list[Path]:
    """Blobs that none of the kept entries names."""
    live: set[Path] = set()
    for key in kept:
        entry = store.ac.get(key)
        if entry is not None:
            live.update(_blobs(store.cas, [*entry.outputs.values(), entry.log]))
    return [path for path in store.cas.folder.glob("??/*") if path not in live]


def _blobs(cas: ContentStore, digests: Iterable[str]) -> Iterable[Path]:
    """The files that hold these digests, members of trees included."""
    for digest in filter(None, digests):
        yield cas.path(digest)
        if digest.startswith("tree:") and cas.has(digest):
            yield from (cas.path(member.digest) for member in cas.members(digest))


def _left_over(store: Store, kept: set[str], keep_days: float) -> list[Path]:
    """What kills left behind (no build is running), and scratch folders and logs that nobody came back to."""
    oldest = time.time() - keep_days * DAY_S
    idle = [path for name in ("scratch", "logs", "parts/*") for path in store.root.glob(f"{name}/*")]
    old = [path for path in idle if path.stat().st_mtime < oldest or path.name in kept]
    cut_short = [*store.ac.folder.glob("*/.tmp-*"), *store.root.glob(".tmp-*")]
    return [*(store.root / "work").glob("*"), *old, *cut_short]

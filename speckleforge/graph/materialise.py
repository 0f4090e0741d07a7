"""Showing results under plain names. Takes stored results; gives `build/<name>/`: copies, which no edit can harm.

What a stage of this build did not make is removed: a folder that mixes two builds would lie. A manifest remembers what
was put there, so that an unchanged result is not copied again.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from speckleforge.graph.events import Outcome
from speckleforge.graph.replicas import declared_name, shown_name
from speckleforge.store.files import remove_tree, store_errors, write_bytes
from speckleforge.store.lock import locked
from speckleforge.store.store import Store

MANIFEST = ".forge.json"
LOCK = ".forge.lock"
LOGS = "logs"
# What `run.sh` of a project leaves beside its scripts may be hours of work: no build removes it.
KEPT: Mapping[str, tuple[str, ...]] = {"project": ("results", "work")}


def claim(folder: Path) -> None:
    """Make `folder` and write to it: that this fails is better known before the work than after it.

    Raises
    ------
    StoreError
        It cannot be made, or not be written to.
    """
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def materialise(store: Store, folder: Path, outcomes: Sequence[Outcome], *, whole: bool = False) -> None:
    """Make `folder` show the outputs of these outcomes, and logs.

    Stages that are not among them stay as they are, or go where the outcomes are those of a `whole` build.
    """
    with store_errors(folder), locked(folder / LOCK):
        before = _manifest(folder)
        known = {outcome.name for outcome in outcomes}
        gone = {name for name, item in before.items() if whole and item["stage"] not in known}
        _remove(folder, gone)
        after = {name: item for name, item in before.items() if name not in gone}
        for outcome in outcomes:
            shown = _shown(store, outcome)
            stale = {name for name, item in after.items() if item["stage"] == outcome.name and name not in shown}
            _remove(folder, stale)
            after = {name: item for name, item in after.items() if name not in stale}
            for name, digest in shown.items():
                if after.get(name, {}).get("digest") != digest or after[name]["looks"] != _looks(folder / name):
                    _place(store, digest, folder / name)
                after[name] = {"stage": outcome.name, "digest": digest, "looks": _looks(folder / name)}
            _show_failure(outcome, folder)
        if after != before:
            write_bytes(folder / MANIFEST, json.dumps(after, indent=1, sort_keys=True).encode())


def _remove(folder: Path, names: Iterable[str]) -> None:
    """Remove results, and the folders below `folder` that are then empty."""
    for name in names:
        with _spared(folder / name):
            remove_tree(folder / name)
        for parent in Path(name).parents[:-1]:
            with suppress(OSError):  # not empty
                (folder / parent).rmdir()


def _shown(store: Store, outcome: Outcome) -> dict[str, str]:
    """Plain name -> digest of what this outcome shows."""
    if outcome.entry is None:
        return {}
    has_log = outcome.entry.log and store.cas.has(outcome.entry.log)  # a lost log is no reason to fail
    log = {_log_name(outcome): outcome.entry.log} if has_log else {}
    return {**outcome.outputs, **log}


def _log_name(outcome: Outcome) -> str:
    """Where a stage's log appears: among those of its seed."""
    return shown_name(outcome.name, f"{LOGS}/{declared_name(outcome.name)}.log")


def _place(store: Store, digest: str, target: Path) -> None:
    """Copy beside, then rename: `target` is never half-written."""
    fresh, old = target.with_name(f".new-{target.name}"), target.with_name(f".old-{target.name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_tree(fresh)
    store.cas.copy_out(digest, fresh)
    with _spared(target):
        if target.is_dir() or fresh.is_dir():  # a folder cannot be renamed over another
            remove_tree(old)
            if target.exists():
                target.rename(old)
        fresh.rename(target)
    remove_tree(old)


@contextmanager
def _spared(target: Path) -> Iterator[None]:
    """Keep aside what stays of a folder while another one, or none, takes its place; a kill loses nothing of it."""
    aside = target.with_name(f".kept-{target.name}")
    for name in KEPT.get(target.name, ()):
        if (target / name).exists():
            aside.mkdir(exist_ok=True)
            remove_tree(aside / name)
            (target / name).rename(aside / name)
    try:
        yield
    finally:
        for path in tuple(aside.iterdir()) if aside.is_dir() else ():
            target.mkdir(exist_ok=True)
            path.rename(target / path.name)
        remove_tree(aside)


def _show_failure(outcome: Outcome, folder: Path) -> None:
    """Put the log of a failed stage where the others are."""
    if outcome.log is not None and outcome.log.is_file():
        target = folder / _log_name(outcome)
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_tree(target)
        shutil.copyfile(outcome.log, target)


def _looks(path: Path) -> list[list[object]]:
    """What changes when somebody edits a result: name, size, time and inode of each file."""
    kept = tuple(path / name for name in KEPT.get(path.name, ()))
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    looks: list[list[object]] = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        if file.is_file() and not any(file.is_relative_to(folder) for folder in kept):
            looks.append([os.path.relpath(file, path.parent), status.st_size, status.st_mtime_ns, status.st_ino])
    return looks


def _manifest(folder: Path) -> dict[str, Mapping[str, object]]:
    """What was put into the folder; nothing if that is not known."""
    try:
        record = json.loads((folder / MANIFEST).read_bytes())
        return {name: dict(item) for name, item in record.items() if {"stage", "digest", "looks"} <= set(item)}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

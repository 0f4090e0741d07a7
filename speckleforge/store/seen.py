"""Digests of large files from outside, remembered. Takes a path; gives its digest without reading what did not change.

Recorded data may be fifty gigabytes: hashing them for each plan would take minutes. A file is known again by its place,
size, inode and times; the time of the inode's change cannot be set back, so an edit that keeps the rest is seen.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

from speckleforge.store.files import hash_file, store_errors, write_bytes

LARGE = 64 * 2**20
"""Bytes from which a file is remembered; a smaller one is hashed in a fraction of a second."""
SETTLED_NS = 2 * 10**9
"""A file that changed more lately may change again within one tick of the file system's clock."""


class SeenFiles:
    """Digests by file, kept in `root`; an entry that cannot be read or written is no entry."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def digest(self, path: Path) -> str:
        """Hex sha256 of the file's bytes; raises `StoreError` where it cannot be read."""
        with store_errors(path):
            before = path.stat()
        if before.st_size < LARGE:
            return hash_file(path)
        looks, entry = _looks(before), self._entry(path)
        known = _read(entry)
        if known.get("looks") == looks and isinstance(known.get("sha256"), str):
            return str(known["sha256"])
        digest = hash_file(path)
        if _looks(path.stat()) == looks and time.time_ns() - before.st_ctime_ns > SETTLED_NS:
            _write(entry, {"path": os.fspath(path.absolute()), "looks": looks, "sha256": digest})
        return digest

    def _entry(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()
        return self.root / f"{name}.json"


def _looks(status: os.stat_result) -> list[int]:
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _read(entry: Path) -> dict[str, Any]:
    try:
        found = json.loads(entry.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(entry: Path, record: dict[str, Any]) -> None:
    """A store that nobody can write to costs time and nothing else."""
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(entry, json.dumps(record).encode())
    except OSError:
        return

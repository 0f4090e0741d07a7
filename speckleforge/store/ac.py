"""Action key -> outputs. Takes the entry of a finished stage; gives it back for its key; never holds content itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speckleforge.store.files import write_bytes


@dataclass(frozen=True)
class Entry:
    """A finished stage.

    Attributes
    ----------
    key, stage
        Action key and stage name.
    outputs
        Output name -> digest in the content store.
    document
        The key document: the explanation and the provenance of the outputs.
    wall_s
        How long the stage ran, in seconds.
    log
        Digest of its log.
    imported
        Names of our modules and resources that it really loaded.
    """

    key: str
    stage: str
    outputs: Mapping[str, str]
    document: Mapping[str, Any]
    wall_s: float = 0.0
    log: str = ""
    imported: tuple[str, ...] = ()


class ActionCache:
    """The `ac/` folder and the `latest/` pointers beside it."""

    def __init__(self, folder: Path, latest: Path) -> None:
        self.folder = folder
        self.latest_folder = latest

    def path(self, key: str) -> Path:
        """Where the entry of `key` lies."""
        return self.folder / key[:2] / f"{key[2:]}.json"

    def get(self, key: str) -> Entry | None:
        """The entry of `key`, or None; an unreadable entry is deleted and counts as missing."""
        path = self.path(key)
        try:
            record = json.loads(path.read_bytes())
            entry = Entry(**{**record, "imported": tuple(record["imported"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            self.forget(key)
            return None
        return entry if entry.key == key else None

    def put(self, entry: Entry) -> None:
        """Record a finished stage; its outputs must be in the content store already."""
        write_bytes(self.path(entry.key), json.dumps(asdict(entry), sort_keys=True).encode())

    def forget(self, key: str) -> None:
        """Remove the entry of `key`, if any; its outputs are garbage then."""
        self.path(key).unlink(missing_ok=True)

    def touch(self, key: str) -> None:
        """Note that the entry was used now (`gc` keeps what was used lately)."""
        with suppress(OSError):
            os.utime(self.path(key))

    def keys(self) -> list[str]:
        """All keys."""
        return sorted(path.parent.name + path.stem for path in self.folder.glob("??/*.json"))

    def point(self, spec: str, stage: str, key: str) -> None:
        """Make `key` the latest of this stage for the spec of this name."""
        path = self.latest_folder / spec / stage
        if self.latest(spec, stage) != key:
            write_bytes(path, key.encode())

    def latest(self, spec: str, stage: str) -> str:
        """The latest key of this stage for the spec of this name; empty if there is none."""
        try:
            return (self.latest_folder / spec / stage).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def latest_entry(self, spec: str, stage: str) -> Entry | None:
        """The entry that the latest pointer names."""
        key = self.latest(spec, stage)
        return self.get(key) if key else None

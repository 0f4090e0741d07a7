"""Parts of a stage's work that its later runs may use again. Takes a key and files; gives them back if they are sound.

A stage's result never depends on what is here: a part's name is the hash of everything that it was made from, so it
only saves the time of making it once more. Parts that nobody used for long go with the store's other leftovers.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_RECORD = "part.json"


def part_key(*texts: str) -> str:
    """The key of a part that follows from these texts alone."""
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


@dataclass(frozen=True)
class Parts:
    """A folder of parts; several processes may use it at once."""

    folder: Path

    def get(self, key: str) -> Path | None:
        """The folder with the files of `key`; None where there is none, or where one of its files was changed."""
        folder = self.folder / key
        if not folder.is_dir():
            return None
        if not _sound(folder):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        with suppress(OSError):
            os.utime(folder)  # it was used
        return folder

    def put(self, key: str, files: Mapping[str, Path]) -> Path:
        """Keep these files under `key`; nobody sees the part before all of them are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=self.folder, prefix=".tmp-"))
        try:
            for name, path in files.items():
                shutil.copyfile(path, made / name)
            record = {name: _digest(made / name) for name in sorted(files)}
            (made / _RECORD).write_text(json.dumps(record), encoding="utf-8")
            with suppress(OSError):  # another process was faster
                made.rename(self.folder / key)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return self.folder / key


def _sound(folder: Path) -> bool:
    """Whether every file is as it was put there."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return all(_digest(folder / name) == digest for name, digest in record.items())
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

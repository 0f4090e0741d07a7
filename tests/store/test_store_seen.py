"""Large files from outside are hashed once, and again when they change."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from speckleforge.errors import StoreError
from speckleforge.store import seen
from speckleforge.store.files import hash_file
from speckleforge.store.seen import SeenFiles


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is read through; all count as large and settled."""
    read: list[Path] = []

    def hashed(path: Path) -> str:
        read.append(path)
        return hash_file(path)

    monkeypatch.setattr(seen, "hash_file", hashed)
    monkeypatch.setattr(seen, "LARGE", 1)
    monkeypatch.setattr(seen, "SETTLED_NS", 0)
    return read


def test_unchanged_file_is_read_once(tmp_path: Path, reads: list[Path]) -> None:
    data = tmp_path / "run.h5"
    data.write_bytes(b"frames")
    time.sleep(0.01)
    files = SeenFiles(tmp_path / "seen")
    assert files.digest(data) == SeenFiles(tmp_path / "seen").digest(data) == hash_file(data)
    assert reads == [data]


def test_same_size_and_mtime_but_other_bytes_is_read_again(tmp_path: Path, reads: list[Path]) -> None:
    data = tmp_path / "run.h5"
    data.write_bytes(b"frames")
    time.sleep(0.01)
    files, before = SeenFiles(tmp_path / "seen"), data.stat()
    first = files.digest(data)
    data.write_bytes(b"FRAMES")
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files.digest(data) == hash_file(data) != first
    assert len(reads) == 2


def test_fresh_or_small_file_is_not_remembered(
    tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "run.h5"
    data.write_bytes(b"frames")
    monkeypatch.setattr(seen, "SETTLED_NS", 10**12)
    files = SeenFiles(tmp_path / "seen")
    assert files.digest(data) == files.digest(data)
    monkeypatch.setattr(seen, "LARGE", 100)
    files.digest(data)
    assert len(reads) == 3


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"looks": 1}'])
def test_damaged_entry_is_no_entry(tmp_path: Path, reads: list[Path], damage: bytes) -> None:
    data = tmp_path / "run.h5"
    data.write_bytes(b"frames")
    time.sleep(0.01)
    files = SeenFiles(tmp_path / "seen")
    files.digest(data)
    (entry,) = (tmp_path / "seen").iterdir()
    entry.write_bytes(damage)
    assert files.digest(data) == hash_file(data)
    assert len(reads) == 2


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gone"):
        SeenFiles(tmp_path / "seen").digest(tmp_path / "gone.h5")

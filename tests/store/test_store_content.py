"""Blobs, trees, entries and locks."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.parts import Parts
from speckleforge.errors import StoreError
from speckleforge.store import files
from speckleforge.store.ac import Entry
from speckleforge.store.gc import collect, listing
from speckleforge.store.key import KeyDocument, canonical
from speckleforge.store.lock import locked
from speckleforge.store.store import Store
from speckleforge.tools.process import CancelledError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def stored(store: Store, tmp_path: Path, key: str, text: str, stage: str = "s") -> Entry:
    path = tmp_path / f"{key}.txt"
    path.write_text(text)
    return store.publish(Entry(key, stage, {}, {"inputs": {}}, 1.5), {"out.txt": path})


@settings(max_examples=20, deadline=None)
@given(content=st.binary(max_size=300))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = Store(folder / "cache")
    digest = store.cas.put_bytes(content)
    assert store.cas.has(digest)
    assert store.cas.read(digest) == content
    store.cas.copy_out(digest, folder / "copy")
    assert (folder / "copy").read_bytes() == content
    (folder / "file").write_bytes(content)
    assert store.cas.put(folder / "file") == digest


def test_a_tree_keeps_names_content_and_execute_bits(store: Store, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub/a.txt").write_text("a")
    (tree / "run").write_text("#!/bin/sh\n")
    (tree / "run").chmod(0o755)
    digest = store.cas.put(tree)
    store.cas.copy_out(digest, tmp_path / "copy")
    assert (tmp_path / "copy/sub/a.txt").read_text() == "a"
    assert os.access(tmp_path / "copy/run", os.X_OK)
    assert not os.access(tmp_path / "copy/sub/a.txt", os.X_OK)
    assert store.cas.size(digest) == 11
    assert store.cas.put(tmp_path / "copy") == digest


def test_copies_are_read_only_and_apart_from_the_store(store: Store, tmp_path: Path) -> None:
    digest = store.cas.put_bytes(b"abc")
    store.cas.copy_out(digest, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o222 == 0
    (tmp_path / "copy").chmod(0o644)
    (tmp_path / "copy").write_bytes(b"xyz")
    assert store.cas.read(digest) == b"abc"


@pytest.mark.parametrize("damage", [b"abd", b"", b"abcd"])
def test_a_damaged_blob_is_deleted_and_missing(store: Store, damage: bytes) -> None:
    digest = store.cas.put_bytes(b"abc")
    path = store.cas.path(digest)
    path.chmod(0o644)
    path.write_bytes(damage)
    assert not store.cas.has(digest)
    assert not path.exists()
    with pytest.raises(StoreError, match="run the build again"):
        store.cas.read(digest)
    assert store.cas.put_bytes(b"abc") == digest
    assert store.cas.read(digest) == b"abc"


def test_a_blob_that_was_only_touched_is_believed_again(store: Store) -> None:
    digest = store.cas.put_bytes(b"abc")
    os.utime(store.cas.path(digest))
    assert store.cas.has(digest)


def test_a_tree_with_a_damaged_member_is_missing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a").write_text("a")
    digest = store.cas.put(tmp_path / "tree")
    store.cas.path(store.cas.members(digest)[0].digest).unlink()
    assert not store.cas.has(digest)


def test_entries_round_trip_and_damaged_ones_are_missing(store: Store, tmp_path: Path) -> None:
    entry = stored(store, tmp_path, "k" * 64, "text")
    assert store.lookup(entry.key) == entry
    store.ac.point("spec", "s", entry.key)
    assert store.ac.latest_entry("spec", "s") == entry
    store.ac.path(entry.key).write_text("{")
    assert store.lookup(entry.key) is None
    assert not store.ac.path(entry.key).exists()


def test_an_entry_whose_output_is_gone_is_a_miss(store: Store, tmp_path: Path) -> None:
    entry = stored(store, tmp_path, "k" * 64, "text")
    store.cas.path(entry.outputs["out.txt"]).unlink()
    assert store.lookup(entry.key) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, number: int) -> None:
    def write() -> None:
        with files.replacing(tmp_path / "x") as stream:
            stream.write(b"half")
            raise OSError(number, os.strerror(number))

    with pytest.raises(StoreError, match="the disk is full"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_real_limit_on_file_size_is_one_clear_error(tmp_path: Path) -> None:
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from speckleforge.errors import StoreError\n"
        "from speckleforge.store.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    Store(Path(sys.argv[1])).cas.put(Path(sys.argv[2]))\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    command = [sys.executable, "-c", script, str(tmp_path / "cache"), str(tmp_path / "large")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "the disk is full" in out
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_keys_depend_on_every_part_and_on_no_order() -> None:
    document = KeyDocument(
        "s", {"m": "1"}, {"a": 1, "b": [1, 2]}, {"in": "blob:0"}, {"t": "1"}, {"p": "1"}, {"isa": "x"}
    )
    same = KeyDocument("s", {"m": "1"}, {"b": [1, 2], "a": 1}, {"in": "blob:0"}, {"t": "1"}, {"p": "1"}, {"isa": "x"})
    assert document.key() == same.key()
    record = document.record()
    for name in set(record) - {"version"}:
        other = KeyDocument(**{**{n: record[n] for n in record if n != "version"}, name: {"z": "z"}})
        assert other.key() != document.key()
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


def test_a_lock_is_held_by_one_and_waiting_can_be_cancelled(tmp_path: Path) -> None:
    cancel = threading.Event()
    with locked(tmp_path / "lock"):
        with pytest.raises(StoreError), locked(tmp_path / "lock", wait=False):
            pass
        threading.Timer(0.1, cancel.set).start()
        with pytest.raises(CancelledError), locked(tmp_path / "lock", cancel=cancel):
            pass
    with locked(tmp_path / "lock", wait=False):
        pass


def test_collection_keeps_what_a_spec_uses_or_what_is_fresh(store: Store, tmp_path: Path) -> None:
    kept = stored(store, tmp_path, "a" * 64, "kept")
    gone = stored(store, tmp_path, "b" * 64, "gone")
    fresh = stored(store, tmp_path, "c" * 64, "fresh")
    store.ac.point("spec", "s", kept.key)
    for entry in (kept, gone):
        os.utime(store.ac.path(entry.key), (0, 0))
    rows = listing(store)
    assert {row.key for row in rows} == {kept.key, gone.key, fresh.key}
    assert next(row for row in rows if row.key == kept.key).specs == ("spec",)
    dry = collect(store, dry_run=True)
    assert (dry.entries, dry.blobs, dry.freed, dry.kept) == ((gone.key,), 1, 4, 2)
    assert store.lookup(gone.key) is not None
    assert collect(store) == dry
    assert store.lookup(gone.key) is None
    assert store.lookup(kept.key) is not None
    assert store.lookup(fresh.key) is not None


def test_parts_stay_while_they_are_used(store: Store, tmp_path: Path) -> None:
    parts = Parts(store.parts("synth@2"))
    source = tmp_path / "result"
    source.write_bytes(b"mapped")
    for key in ("old", "used"):
        os.utime(parts.put(key, {"mapped": source}), (0, 0))
    assert parts.get("used") is not None  # that counts as use
    assert collect(store).folders == 1
    assert (parts.get("used"), parts.get("old")) == (store.root / "parts" / "synth" / "used", None)


def test_no_collection_while_a_build_runs(store: Store) -> None:
    with store.in_use(), pytest.raises(StoreError, match="another build"):
        collect(store)

"""Blobs by their sha256. Takes files and folders; gives their digest; gives them back after a check of their bytes.

A digest is `blob:<hex>` for a file and `tree:<hex>` for a folder; a tree is a blob that holds a JSON listing. Blobs
are read-only and carry one fixed modification time: a blob that looks otherwise has been touched, and is hashed again
before it is believed. A damaged blob is deleted and counts as missing. Copies out of the store are always hashed.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from speckleforge.errors import Problem, StoreError
from speckleforge.store.files import copy_hashed, hash_file, remove_tree, replacing, store_errors

_MODE = 0o444
_STAMP_NS = 10**18  # an arbitrary fixed time (2001-09-09); only its being fixed matters


@dataclass(frozen=True)
class Member:
    """One file of a tree: path inside it (with `/`), digest, bytes, and whether it may be executed."""

    path: str
    digest: str
    size: int
    executable: bool


class ContentStore:
    """The `cas/` folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the blob (or the tree's listing) of `digest` lies."""
        name = digest.partition(":")[2]
        return self.folder / name[:2] / name[2:]

    def put(self, source: Path) -> str:
        """Take in a file or folder; return its digest."""
        return self.put_tree(source) if source.is_dir() else self.put_file(source)

    def put_file(self, source: Path) -> str:
        """Take in one file."""
        with store_errors(source):
            digest = "blob:" + hash_file(source)
            if not self._sound(digest):
                self._write(digest, source)
            return digest

    def put_bytes(self, content: bytes) -> str:
        """Take in bytes."""
        digest = "blob:" + hashlib.sha256(content).hexdigest()
        if not self._sound(digest):
            with replacing(self.path(digest), mode=_MODE) as stream:
                stream.write(content)
            self._stamp(self.path(digest))
        return digest

    def put_tree(self, source: Path) -> str:
        """Take in all files below `source`; empty folders are not kept, links to folders are refused."""
        members = {}
        for path in sorted(_files(source)):
            executable = bool(path.stat().st_mode & 0o100)
            members[path.relative_to(source).as_posix()] = [self.put_file(path), path.stat().st_size, executable]
        listing = json.dumps(members, sort_keys=True, separators=(",", ":"))
        return "tree:" + self.put_bytes(listing.encode()).partition(":")[2]

    def read(self, digest: str) -> bytes:
        """The bytes of a blob or of a tree's listing.

        Raises
        ------
        StoreError
            It is missing or damaged.
        """
        if not self._sound(digest):
            raise _missing(digest)
        with store_errors(self.path(digest)):
            return self.path(digest).read_bytes()

    def members(self, digest: str) -> tuple[Member, ...]:
        """The files of a tree."""
        listing = json.loads(self.read(digest))
        return tuple(Member(path, str(d), int(size), bool(x)) for path, (d, size, x) in listing.items())

    def has(self, digest: str) -> bool:
        """True if `digest` is here and sound, with all its members; damaged blobs found on the way are deleted."""
        if not self._sound(digest):
            return False
        return not digest.startswith("tree:") or all(self._sound(member.digest) for member in self.members(digest))

    def size(self, digest: str) -> int:
        """Bytes of the content (of a tree: of its files)."""
        if digest.startswith("tree:"):
            return sum(member.size for member in self.members(digest))
        return self.path(digest).stat().st_size

    def copy_out(self, digest: str, target: Path) -> None:
        """Write the content of `digest` to `target` (which must not exist), read-only, checking every byte.

        Raises
        ------
        StoreError
            It is missing or damaged (then it is deleted, so that the next build makes it again), or the disk is full.
        """
        if not digest.startswith("tree:"):
            self._copy_file(digest, target, _MODE)
            return
        with store_errors(target):
            target.mkdir(parents=True)
            for member in self.members(digest):
                self._copy_file(member.digest, target / member.path, 0o555 if member.executable else _MODE)

    def verify(self, digest: str) -> bool:
        """Hash one blob again, whatever it looks like; delete it if it is damaged."""
        path = self.path(digest)
        if path.is_file() and hash_file(path) == digest.partition(":")[2]:
            return True
        remove_tree(path)
        return False

    def _sound(self, digest: str) -> bool:
        """True if the blob is here; hashes it if anything about it is unlike what we wrote."""
        path = self.path(digest)
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        if status.st_mtime_ns == _STAMP_NS and status.st_mode & 0o777 == _MODE:
            return True
        if not self.verify(digest):
            return False
        self._stamp(path)
        return True

    def _write(self, digest: str, source: Path) -> None:
        """Copy a file in; its bytes are hashed again while they are copied, lest it changed meanwhile."""
        path = self.path(digest)
        with replacing(path, mode=_MODE) as stream:
            if copy_hashed(source, stream) != digest.partition(":")[2]:
                raise StoreError(Problem("the file changed while it was stored", str(source)))
        self._stamp(path)

    def _stamp(self, path: Path) -> None:
        """Give a blob the looks that `_sound` believes."""
        with suppress(OSError):
            path.chmod(_MODE)
            os.utime(path, ns=(_STAMP_NS, _STAMP_NS))

    def _copy_file(self, digest: str, target: Path, mode: int) -> None:
        """Copy one blob out, checked."""
        source = self.path(digest)
        if not source.is_file():
            raise _missing(digest)
        with replacing(target, mode=mode, durable=False) as stream:
            if copy_hashed(source, stream) != digest.partition(":")[2]:
                remove_tree(source)
                raise _missing(digest)


def _files(folder: Path) -> list[Path]:
    """All files below `folder`; refuses links to folders, which would escape the tree."""
    found = []
    for path in folder.rglob("*"):
        if path.is_symlink() and path.is_dir():
            raise StoreError(Problem("a link to a folder cannot be stored", str(path)))
        if path.is_file():
            found.append(path)
    return found


def _missing(digest: str) -> StoreError:
    """The error for a blob that was asked for and is not (or no longer) here."""
    step = "run the build again: the stage that makes it will run"
    return StoreError(Problem("stored content is missing or was damaged (and is now deleted)", digest, next_step=step))

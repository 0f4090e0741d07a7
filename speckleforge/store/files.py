"""Writing files so that nothing half-written is seen. Takes bytes or a file; gives a complete file or an error."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from speckleforge.errors import Problem, StoreError

CHUNK = 1 << 20
_FICLONE = 0x40049409  # Source: linux/fs.h, _IOW(0x94, 9, int)
_ELSEWHERE = "choose another folder: --cache for the store, --out for results"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` on `path` into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(_problem(path, error)) from error


@contextlib.contextmanager
def replacing(path: Path, *, mode: int = 0o644, durable: bool = True) -> Iterator[IO[bytes]]:
    """A temporary file beside `path` that takes its name when the block ends well, and vanishes when it does not."""
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                if durable:  # a rename may outlive a power cut that the bytes do not
                    os.fsync(stream.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step."""
    with replacing(path) as stream:
        stream.write(content)


def hash_file(path: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with store_errors(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_hashed(source: Path, sink: IO[bytes]) -> str:
    """Copy `source` into `sink`, sharing its blocks where the file system can; hex sha256 of what was read."""
    with source.open("rb") as stream:
        if _reflink(stream.fileno(), sink.fileno()):
            return hashlib.file_digest(stream, "sha256").hexdigest()
        digest = hashlib.sha256()
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            sink.write(chunk)
        return digest.hexdigest()


def remove_tree(path: Path) -> None:
    """Remove a file or folder, read-only members included; nothing happens if it is not there."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    elif path.exists():
        shutil.rmtree(path, onerror=_make_writable)


def _make_writable(function: object, name: str, info: object) -> None:
    """Second attempt of `shutil.rmtree`: the parent or the member itself was read-only; a vanished one is fine."""
    entry = Path(name)
    with contextlib.suppress(FileNotFoundError):
        entry.parent.chmod(entry.parent.stat().st_mode | stat.S_IRWXU)
        if entry.is_dir() and not entry.is_symlink():
            entry.chmod(0o700)
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _reflink(source: int, sink: int) -> bool:
    """Ask the file system to share the blocks of two files."""
    import fcntl

    try:
        fcntl.ioctl(sink, _FICLONE, source)
    except OSError:
        return False
    return True


def _problem(path: Path, error: OSError) -> Problem:
    """What a failed write means to the user."""
    where = str(path)
    if error.errno in _FULL:
        step = "free some space (`forge cache gc` removes what no spec uses any more), then run again"
        return Problem("the disk is full", where, got=str(error.strerror), next_step=step)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem("no permission", where, got=str(error.strerror), next_step=_ELSEWHERE)
    return Problem("cannot be read or written", where, got=str(error), next_step=_ELSEWHERE)

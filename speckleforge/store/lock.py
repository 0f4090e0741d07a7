"""Locks between processes. Takes a file; gives it to one process at a time; a killed process holds none."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speckleforge.errors import Problem, StoreError
from speckleforge.store.files import store_errors
from speckleforge.tools.process import CancelledError

POLL_S = 0.1


@contextmanager
def locked(
    path: Path, *, shared: bool = False, wait: bool = True, cancel: threading.Event | None = None
) -> Iterator[int]:
    """Hold the lock file `path`; gives its descriptor, which a child may inherit to hold the lock as long as it lives.

    Parameters
    ----------
    path
        The lock file; made if needed, never removed (two processes could then hold two files of one name).
    shared
        Share it with other shared holders.
    wait
        Wait for it; else raise `StoreError` at once if it is taken.
    cancel
        Stop waiting (and raise `CancelledError`) when this is set.
    """
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not _take(handle, shared):
            if cancel is not None and cancel.is_set():
                raise CancelledError("interrupted while waiting for another build")
            if not wait:
                raise StoreError(Problem("another build holds this", str(path), next_step="wait for it to end"))
            time.sleep(POLL_S)
        yield handle
    finally:
        # Closing, not unlocking: a child that inherited the descriptor goes on holding the lock.
        os.close(handle)


def _take(handle: int, shared: bool) -> bool:
    """Try to lock; False if somebody else holds it."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

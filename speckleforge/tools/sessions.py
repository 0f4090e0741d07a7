"""Killing everything a child started. Takes a session id; never signals a process outside that session.

A stage is the leader of its own session, and each tool it starts is a process group inside that session. Killing the
stage's process group alone would leave the tools behind; the session reaches them all.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

_PROC = Path("/proc")


def session_members(session: int) -> list[int]:
    """Process ids of the living (not zombie) members of `session`; empty where there is no `/proc`."""
    found = []
    for entry in os.scandir(_PROC) if _PROC.is_dir() else ():
        if entry.name.isdigit() and _lives_in(entry.name, session):
            found.append(int(entry.name))
    return found


def kill_session(session: int, *, grace_s: float = 2.0) -> None:
    """End every process of `session`: SIGTERM first, SIGKILL after `grace_s`; returns when none is left."""
    _signal_all(session, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while session_members(session) and time.monotonic() < deadline:
        time.sleep(0.02)
    for _ in range(50):  # a process may fork between the listing and the signal, hence more than once
        if not session_members(session):
            return
        _signal_all(session, signal.SIGKILL)
        time.sleep(0.02)


def kill_group(group: int, *, grace_s: float = 2.0) -> None:
    """End a process group: SIGTERM first, SIGKILL after `grace_s`."""
    deadline = time.monotonic() + grace_s
    if not _signal_group(group, signal.SIGTERM):
        return
    while time.monotonic() < deadline and _signal_group(group, 0):
        time.sleep(0.02)
    _signal_group(group, signal.SIGKILL)


def _lives_in(pid: str, session: int) -> bool:
    """True if `pid` is a member of `session` and not a zombie."""
    try:
        text = (_PROC / pid / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended while we looked
        return False
    # The name in brackets may hold spaces and brackets: the fields follow the last one. state ppid pgrp session
    fields = text.rpartition(")")[2].split()
    return fields[0] not in "ZX" and int(fields[3]) == session


def _signal_all(session: int, number: int) -> None:
    """Signal all members of `session`, and its first group where there is no `/proc`."""
    for pid in session_members(session):
        if pid != os.getpid():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
    if not _PROC.is_dir():
        _signal_group(session, number)


def _signal_group(group: int, number: int) -> bool:
    """Signal a process group; False if it has no members left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True

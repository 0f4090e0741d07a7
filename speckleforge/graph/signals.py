"""Interruption. Takes SIGINT and SIGTERM while a build runs; gives an event that everything in the build watches."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

_CAUGHT = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Interruption:
    """Set once, by the first signal or by a caller."""

    event: threading.Event = field(default_factory=threading.Event)
    number: int = 0

    def __call__(self, number: int, frame: FrameType | None = None) -> None:
        """Ask the build to end; used as a signal handler, so it does nothing else."""
        self.number = self.number or number
        self.event.set()


@contextmanager
def interruptible(interruption: Interruption) -> Iterator[Interruption]:
    """Route the signals to `interruption`; only the main thread can, elsewhere this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption) for number in _CAUGHT}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""One line for all replicas. Takes names of stages; gives what a person wants to read of the repetitions, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from speckleforge.graph.replicas import REPLICA, declared_name, replica_of


def is_replica(name: str) -> bool:
    """True for `train@1`."""
    return REPLICA in name


def label(names: Iterable[str]) -> str:
    """`@1 to @4`: a name for all replicas together."""
    found = sorted({replica_of(name) for name in names})
    return f"{REPLICA}{found[0]}" if len(found) == 1 else f"{REPLICA}{found[0]} to {REPLICA}{found[-1]}"


def repeated(names: Iterable[str]) -> str:
    """`train, quantize and evaluate`: what is repeated."""
    *first, last = dict.fromkeys(map(declared_name, names))
    return f"{', '.join(first)} and {last}" if first else last


def counts(words: Sequence[str]) -> str:
    """`3 hit, 2 will run`: how many of each."""
    return ", ".join(f"{count} {word}" for word, count in Counter(words).items())

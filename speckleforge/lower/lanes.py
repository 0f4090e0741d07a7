"""Numbers of lanes worth trying for a stream."""

from __future__ import annotations

from functools import cache

THIN = 1.25


@cache
def sensible_lanes(width: int, *, step: int = 1) -> tuple[int, ...]:
    """The least multiple of `step` for each number of words in a row, and one lane; ascending.

    Any number between two of them takes as many words and more hardware.
    """
    found = {1}
    for words in range(1, width + 1):
        lanes = -(-width // words)
        lanes = -(-lanes // step) * step
        if lanes <= width:
            found.add(lanes)
    return tuple(sorted(found))


@cache
def thin_lanes(width: int, *, step: int = 1) -> tuple[int, ...]:
    """A thinner choice of the same: at least the factor `THIN` apart."""
    kept: list[int] = []
    for lanes in reversed(sensible_lanes(width, step=step)):
        if lanes == 1 or not kept or lanes * THIN <= kept[-1]:
            kept.append(lanes)
    return tuple(reversed(kept))

"""Numbers of lanes worth trying for a stream."""

from __future__ import annotations

from functools import cache


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

"""What a chain takes over what it may take, and which of its parts no region holds. Takes kernels and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.regions import regions_of
from speckleforge.ir.resources import Resources
from speckleforge.lower.draft import NOTHING, Draft
from speckleforge.lower.limits import Room, holds, largest, less, rooms


def excess(kernels: Sequence[Kernel], taken: Sequence[Resources], extra: Resources, room: Room) -> Resources:
    """What is over a room's limits, in all or in one of its regions; nothing where the chain fits.

    Parameters
    ----------
    kernels, taken
        The chain, and what each of it takes.
    extra
        What is no kernel; it lies where the chain begins.
    room
        The limits.
    """
    over = [less(sum(taken, extra), room.whole)]
    if room.home is not None and room.away is not None:
        where = regions_of(kernels)
        home = sum((r for r, one in zip(taken, where, strict=True) if one == where[0]), extra)
        away = sum((r for r, one in zip(taken, where, strict=True) if one != where[0]), NOTHING)
        over += [less(home, room.home), less(away, room.away)]
    return largest(over)


def excess_of_all(draft: Draft, kernels: Sequence[Kernel], taken: Sequence[Resources], extra: Resources) -> Resources:
    """What a finished chain takes over the limits of the asked design; nothing where it fits one of its rooms."""
    cut = any(one is not None for one in regions_of(kernels))
    spread = not all(holds(part, draft.board) for part in (*taken, extra))
    asked = rooms(replace(draft, reserve=NOTHING))
    able = [room for room in asked if (room.home is not None) == cut and (spread or not room.spread)]
    return min((excess(kernels, taken, extra, room) for room in able), key=lambda over: sum(over.as_dict().values()))

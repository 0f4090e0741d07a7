"""What a design may take: of the device, and of each super logic region. Board, shell and budget in; counts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.lower.draft import Draft
from speckleforge.lower.overhead import overhead
from speckleforge.lower.request import RESOURCES, Board

ENDLESS = Resources(**dict.fromkeys(RESOURCES, 1 << 60))


@dataclass(frozen=True)
class Room:
    """What a design may take, everything that is no kernel included.

    Attributes
    ----------
    whole
        All of it.
    home, away
        The part in the region that holds everything that is no kernel, and the part in its neighbour; None: the chain
        is not cut.
    spread
        True: over several regions without a cut, which only a part that fits no region allows.
    """

    whole: Resources
    home: Resources | None = None
    away: Resources | None = None
    spread: bool = False

    @property
    def parts(self) -> tuple[Resources, ...]:
        """The limits that a search has to keep: of the whole, or of both regions."""
        return (self.whole,) if self.home is None or self.away is None else (self.home, self.away)

    def without(self, kept: Resources) -> Room:
        """The room with so much less in each of its limits."""
        home, away = (None if one is None else less(one, kept) for one in (self.home, self.away))
        return Room(less(self.whole, kept), home, away, self.spread)


def rooms(draft: Draft) -> tuple[Room, ...]:
    """In the order in which they are tried: a design that fits one region stays in one; else the chain is cut where
    both parts fit; where a kernel alone is larger than a region, the placer must spread it, and the prediction says so.
    """
    board, whole = draft.board, allowed(draft)
    found: tuple[Room, ...] = (Room(whole),)
    if board.slr is not None and board.slr_count > 1:
        home, away = (region(board, number) for number in regions_of_a_cut(board))
        singles = (Room(least(whole, one)) for one in largest_regions(board))
        found = *singles, Room(whole, home, away), Room(whole, spread=True)
    return tuple(room.without(draft.reserve) for room in found)


def overhead_at(draft: Draft, source: StreamType, hold_frames: int = 0) -> Resources:
    """What is no kernel, for the stream that enters the first one."""
    return overhead(draft.topology, draft.board, source, boot=draft.hardware.boot, hold_frames=hold_frames)


def allowed(draft: Draft) -> Resources:
    """What the design may take of the device: the asked budget of what the shell leaves."""
    budget, shell = dict(draft.hardware.budget), dict(draft.board.shell.shares or ())
    shares = {name: min(budget.get(name, 1.0), 1.0 - shell.get(name, 0.0)) for name in RESOURCES}
    return scaled(draft.board.resources, shares)


def region(board: Board, number: int) -> Resources:
    """What the shell leaves of one super logic region."""
    assert board.slr is not None
    shell, parts = board.shell, board.slr_count
    mine = 1.0 if shell.region == number else 1.0 / parts if shell.region is None else 0.0
    taken = scaled(board.resources, {name: share * mine for name, share in shell.shares or ()})
    return less(board.regions[number] if board.regions else board.slr, taken)


def regions_of_a_cut(board: Board) -> tuple[int, int]:
    """Home, the region next to the shell's links (0 where that is not known), and the neighbour with the most room."""
    home = board.shell.region or 0
    beside = [number for number in (home - 1, home + 1) if 0 <= number < board.slr_count]
    return home, max(beside, key=lambda number: region(board, number).lut)


def regions_that_hold(total: Resources, board: Board) -> tuple[int, ...]:
    """Super logic regions that could hold a design as a whole."""
    return tuple(number for number in range(board.slr_count) if total.fits(region(board, number)))


def largest_regions(board: Board) -> tuple[Resources, ...]:
    """Different regions of which no other one holds all, the one with the most LUTs first."""
    found: list[Resources] = []
    for one in sorted((region(board, number) for number in range(board.slr_count)), key=lambda r: -r.lut):
        if not any(one.fits(other) for other in found):
            found.append(one)
    return tuple(found)


def holds(part: Resources, board: Board) -> bool:
    """True if some super logic region holds this part of a design; always on a device of one die."""
    return board.slr is None or any(part.fits(one) for one in largest_regions(board))


def scaled(resources: Resources, shares: dict[str, float]) -> Resources:
    """The shares of the counts; nothing of one that is not named."""
    counts = resources.as_dict()
    return Resources(**{name: floor(counts[name] * shares.get(name, 0.0) + 1e-9) for name in RESOURCES})


def less(resources: Resources, taken: Resources) -> Resources:
    """What is left, at least nothing."""
    left = taken.as_dict()
    return Resources(**{name: max(0, count - left[name]) for name, count in resources.as_dict().items()})


def least(a: Resources, b: Resources) -> Resources:
    """The lesser of each count."""
    return Resources(**{name: min(count, getattr(b, name)) for name, count in a.as_dict().items()})


def largest(several: Sequence[Resources]) -> Resources:
    """The greatest of each count."""
    return Resources(**{name: max(getattr(one, name) for one in several) for name in RESOURCES})

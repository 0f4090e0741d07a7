"""What to say when no design meets the target on the board."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from speckleforge.errors import DesignError, Problem
from speckleforge.lower.draft import Draft
from speckleforge.lower.request import RESOURCES, Board, Hardware
from speckleforge.lower.search import Label

STEPS = 5  # of the bisection: the nearest feasible value to within 5 %


class Find(Protocol):
    """`ChooseFolds.search`."""

    def __call__(self, draft: Draft, *, endless: bool = False) -> Label | None:
        """The cheapest chain, or None."""


def infeasible(draft: Draft, find: Find) -> DesignError:
    """The error: which target, what limits it, what is the nearest that the board can do."""
    limit = _limit(find(draft, endless=True), draft.board)
    return DesignError(
        Problem(
            f"no folding meets the target on {draft.board.name}: {limit}",
            "hardware",
            _asked(draft.hardware),
            _nearest(draft, find),
            "relax the target, lower a precision, raise clock_mhz, or choose a larger board",
        )
    )


def _limit(anywhere: Label | None, board: Board) -> str:
    """What is short."""
    if anywhere is None:
        return "the chain itself is too slow at this clock, even fully unrolled"
    taken = anywhere.resources
    shares = {n: getattr(taken, n) / (getattr(board.resources, n) or 1) for n in RESOURCES}
    worst = max(RESOURCES, key=lambda n: shares[n])
    return f"it would take about {getattr(taken, worst)} {worst} of {getattr(board.resources, worst)}"


def _asked(hardware: Hardware) -> str:
    parts = []
    if hardware.latency_us is not None:
        parts.append(
            f"latency_us {hardware.latency_us:g} ({hardware.latency_cycles} cycles at {hardware.clock_mhz:g} MHz)"
        )
    if hardware.frame_rate_khz is not None:
        parts.append(f"frame_rate_khz {hardware.frame_rate_khz:g} (a frame every {hardware.interval_cycles} cycles)")
    return ", ".join(parts) or "no target"


def _nearest(draft: Draft, find: Find) -> str:
    """The nearest feasible target, found by relaxing the given one by a common factor."""
    free = replace(draft.hardware, latency_us=None, frame_rate_khz=None)
    if find(replace(draft, hardware=free)) is None:
        return "nothing: the network does not fit this board at any rate"
    low, high = 1.0, 2.0
    while find(_relaxed(draft, high)) is None:
        low, high = high, high * 4
    for _ in range(STEPS):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if find(_relaxed(draft, middle)) else (middle, high)
    return f"about {_asked(_relaxed(draft, high).hardware)}"


def _relaxed(draft: Draft, factor: float) -> Draft:
    hardware = draft.hardware
    latency = None if hardware.latency_us is None else float(f"{hardware.latency_us * factor:.3g}")
    rate = None if hardware.frame_rate_khz is None else float(f"{hardware.frame_rate_khz / factor:.3g}")
    return replace(draft, hardware=replace(hardware, latency_us=latency, frame_rate_khz=rate))

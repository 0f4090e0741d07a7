"""What to say when no design meets the target on the board: what limits it, and the nearest that is possible."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any, Protocol

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.resources import Resources
from speckleforge.lower.chains import Chain, intervals
from speckleforge.lower.draft import Draft
from speckleforge.lower.hopeless import hopeless
from speckleforge.lower.lattice import Lattice, sources
from speckleforge.lower.limits import ENDLESS, Room, allowed, largest_regions, overhead_at
from speckleforge.lower.options import Prices, Shop
from speckleforge.lower.request import RESOURCES, Board, Hardware
from speckleforge.lower.stock import Stock


class Find(Protocol):
    """A search for the cheapest chain."""

    def __call__(self, draft: Draft, room: Room | None = None) -> Chain | None:
        """In the draft's own rooms, or in another one; None: there is none."""


CLOSE = 1.03  # of the nearest feasible value: where the bisection ends
FARTHEST = 1 << 40  # a target that must be relaxed by more is not looked for
TARGETS = ("latency_us", "frame_rate_khz")


def infeasible(draft: Draft, find: Find, stock: Stock, reason: str = "") -> DesignError:
    """The error: which target, what limits it, what is the nearest that the board can do."""
    return DesignError(
        Problem(
            f"no folding meets the target on {draft.board.name}: {reason or limit(draft, find, stock)}",
            "hardware",
            asked(draft.hardware),
            _nearest(draft, find),
            "relax the target, lower a precision, raise clock_mhz, or choose a larger board",
        )
    )


def limit(draft: Draft, find: Find, stock: Stock) -> str:
    """What is short: a layer's time, a resource that no folding saves, what the cheapest chain takes, or a region."""
    if _lattice(draft, stock, Prices.of(allowed(draft))).cheapest == inf:
        return _slow(draft, stock)
    most = allowed(draft)
    for name in RESOURCES:
        extra = min(getattr(overhead_at(draft, one), name) for one in sources(draft.topology.nodes[0].out))
        least = extra + round(_lattice(draft, stock, Prices.only(name)).cheapest)
        if least > getattr(most, name):
            return f"any folding takes at least {least:,} {name} of {getattr(most, name):,}"
    anywhere = find(draft, Room(ENDLESS))
    if anywhere is None:
        return "the chain itself is too slow at this clock, even fully unrolled"
    taken = anywhere.resources + overhead_at(draft, anywhere.kernels[0].source, anywhere.hold_frames) + draft.reserve
    if taken.fits(most) and draft.board.slr is not None:
        return _uncut(taken, draft.board)
    worst = max(RESOURCES, key=lambda name: getattr(taken, name) / (getattr(most, name) or 1))
    return f"it would take about {getattr(taken, worst):,} {worst} of {getattr(most, worst):,}"


def _uncut(taken: Resources, board: Board) -> str:
    """It fits the device, but neither one super logic region nor, with registers between, two of them."""
    one = largest_regions(board)[0]
    worst = max(RESOURCES, key=lambda name: getattr(taken, name) / (getattr(one, name) or 1))
    counts = f"{getattr(taken, worst):,} {worst}, more than the {getattr(one, worst):,} of a super logic region"
    return f"it would take about {counts}; cut in two, with registers at the boundary, it is too late or does not fit"


def _slow(draft: Draft, stock: Stock) -> str:
    """The first layer of which no folding is fast enough."""
    lattice = _lattice(draft, stock, Prices.of(allowed(draft)))
    within = intervals(draft.hardware)[1]
    for level, group in enumerate(draft.groups):
        if not lattice.behind[level + 1]:
            return f"even fully unrolled, {group.name} is busy for more than {within:,} cycles"
    return f"no chain of foldings is busy for {within:,} cycles or fewer"


def _lattice(draft: Draft, stock: Stock, prices: Prices) -> Lattice:
    least, most = intervals(draft.hardware)
    shop = Shop(stock, prices, most, ENDLESS, least)
    return Lattice(shop, draft.topology.nodes[0].out, draft.groups)


def asked(hardware: Hardware) -> str:
    """The targets in words."""
    parts = []
    if hardware.latency_us is not None:
        cycles = f"{hardware.latency_cycles} cycles at {hardware.clock_mhz:g} MHz"
        parts.append(f"latency_us {hardware.latency_us:g} ({cycles})")
    if hardware.frame_rate_khz is not None:
        parts.append(f"frame_rate_khz {hardware.frame_rate_khz:g} (a frame every {hardware.interval_cycles} cycles)")
    parts += [f"{name} {share:g}" for name, share in hardware.budget]
    return ", ".join(parts) or "no target"


def _nearest(draft: Draft, find: Find) -> str:
    """The nearest feasible target: the given one with what falls short relaxed, by a common factor if several do."""
    names = _short(draft, find)
    if not names:
        within = " within this budget" if draft.hardware.budget else ""
        return f"nothing: the network does not fit this board at any rate{within}"
    low, high = 1.0, 2.0
    while high < FARTHEST and not _feasible(_relaxed(draft, names, high), find):
        low, high = high, high * 4
    if high >= FARTHEST:
        return f"nothing down to a {FARTHEST}th of it"
    while high > low * CLOSE:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if _feasible(_relaxed(draft, names, middle), find) else (middle, high)
    return f"about {asked(_relaxed(draft, names, high).hardware)}"


def _short(draft: Draft, find: Find) -> tuple[str, ...]:
    """Targets to relax: the one without which the others are met, or all that are given; else the budget; else none."""
    given = tuple(name for name in TARGETS if getattr(draft.hardware, name) is not None)
    if _feasible(_without(draft, *TARGETS), find):
        alone = (name for name in given if len(given) > 1 and _feasible(_without(draft, name), find))
        return next(((name,) for name in alone), given)
    unlimited = _relaxed(draft, ("budget",), inf)  # a share of 0 stays: nothing of it is asked for
    return ("budget",) if draft.hardware.budget and _feasible(unlimited, find) else ()


def _feasible(draft: Draft, find: Find) -> bool:
    return not hopeless(draft) and find(draft) is not None


def _without(draft: Draft, *names: str) -> Draft:
    free: dict[str, Any] = dict.fromkeys(names)
    return replace(draft, hardware=replace(draft.hardware, **free))


def _relaxed(draft: Draft, names: tuple[str, ...], factor: float) -> Draft:
    """The draft with targets longer, or slower, or with more of each resource, by a factor, to three figures."""
    hardware = draft.hardware
    changed: dict[str, Any] = {}
    for name in (name for name in names if name in TARGETS):
        changed[name] = _three(getattr(hardware, name), factor, up=name == "latency_us")
    if "budget" in names:
        changed["budget"] = tuple(
            (n, share and min(1.0, _three(share, factor, up=True))) for n, share in hardware.budget
        )
    return replace(draft, hardware=replace(hardware, **changed))


def _three(value: float, factor: float, *, up: bool) -> float:
    return float(f"{value * factor if up else value / factor:.3g}")

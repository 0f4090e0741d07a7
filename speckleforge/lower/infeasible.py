"""What to say when no design meets the target on the board: what limits it, and the nearest that is possible."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any, Protocol

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.layout import layout_of
from speckleforge.ir.op import LinearOp
from speckleforge.lower.chains import Chain, intervals
from speckleforge.lower.draft import Draft
from speckleforge.lower.lattice import Lattice
from speckleforge.lower.limits import ENDLESS, Room, allowed, overhead_of
from speckleforge.lower.options import Prices, Shop
from speckleforge.lower.request import RESOURCES, Hardware
from speckleforge.lower.stock import Stock


class Find(Protocol):
    """A search for the cheapest chain."""

    def __call__(self, draft: Draft, room: Room | None = None) -> Chain | None:
        """In the draft's own rooms, or in another one; None: there is none."""


CLOSE = 1.03  # of the nearest feasible value: where the bisection ends
FARTHEST = 1 << 16  # a target that must be relaxed by more is not looked for
BLOCK_BITS = {"ecp5": 18432, "ultrascale": 36864}  # of one block RAM
TABLE_BITS = {"ecp5": 64 / 6, "ultrascale": 64}  # of one LUT as memory; ECP5 counts six for 16 words of four bits
PRODUCTS = 2.0  # that one multiplier block makes at most
GROUP = {"ecp5": 4, "ultrascale": 5}  # weights of one look-up


def hopeless(draft: Draft) -> str:
    """Why no search is worth while: weights that the device cannot hold, products that it cannot make; "": neither."""
    return _storage(draft) or _arithmetic(draft)


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


def _storage(draft: Draft) -> str:
    """Weights have `banks` copies in block RAM or LUTs, and perhaps one more for power-up."""
    most, family = allowed(draft), draft.board.family
    weights = sum(segment.elements * segment.type.bits for segment in layout_of(draft.topology).segments)
    needed = weights * draft.hardware.banks
    held = most.bram * BLOCK_BITS[family] + most.lutram * TABLE_BITS[family]
    boot = overhead_of(draft).bram * BLOCK_BITS[family] if draft.hardware.boot else 0
    if needed + boot <= held:
        return ""
    banks = f"{draft.hardware.banks} bank{'s' if draft.hardware.banks > 1 else ''}"
    text = f"weights of {banks} take {needed / 1e6:.1f} Mbit" + (f", their boot image {boot / 1e6:.1f}" * (boot > 0))
    return f"{text}; block RAM and LUTs hold {held / 1e6:.1f} Mbit: one bank, `boot: host` or fewer bits take less"


def _arithmetic(draft: Draft) -> str:
    """Products that a cycle must make, the cheapest way each, against all multipliers and all LUTs."""
    within = intervals(draft.hardware)[1]
    if within is None:
        return ""
    most, group = allowed(draft), GROUP[draft.board.family]
    blocks, luts, total = most.dsp * PRODUCTS, 0.0, 0.0
    for node, op, source in draft.topology.steps():
        if isinstance(op, LinearOp) and node.kind != "head":
            products = op.macs(source) / within
            total += products
            soft = max(0.0, products - blocks)
            blocks = max(0.0, blocks - products)
            luts += soft * source.type.bits * op.weights.bits / group
    if luts <= most.lut:
        return ""
    return f"{total:,.0f} products a cycle are needed; all multipliers and look-up tables make fewer"


def limit(draft: Draft, find: Find, stock: Stock) -> str:
    """What is short: a layer's time, a resource that no folding saves, or what the cheapest quick chain takes."""
    if _lattice(draft, stock, Prices.of(allowed(draft))).cheapest == inf:
        return _slow(draft, stock)
    most, extra = allowed(draft), overhead_of(draft)
    for name in RESOURCES:
        least = getattr(extra, name) + round(_lattice(draft, stock, Prices.only(name)).cheapest)
        if least > getattr(most, name):
            return f"any folding takes at least {least:,} {name} of {getattr(most, name):,}"
    anywhere = find(draft, Room(ENDLESS))
    if anywhere is None:
        return "the chain itself is too slow at this clock, even fully unrolled"
    taken = anywhere.resources + extra
    worst = max(RESOURCES, key=lambda name: getattr(taken, name) / (getattr(most, name) or 1))
    return f"it would take about {getattr(taken, worst):,} {worst} of {getattr(most, worst):,}"


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
    """The nearest feasible target: the given one with what falls short relaxed, both by a common factor if both do."""
    if not _feasible(_without(draft, "latency_us", "frame_rate_khz"), find):
        return "nothing: the network does not fit this board at any rate"
    names = _short(draft, find)
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
    """Targets to relax: the one without which the other is met, or all that are given."""
    given = [name for name in ("latency_us", "frame_rate_khz") if getattr(draft.hardware, name) is not None]
    for name in given if len(given) > 1 else ():
        if _feasible(_without(draft, name), find):
            return (name,)
    return tuple(given)


def _feasible(draft: Draft, find: Find) -> bool:
    return not hopeless(draft) and find(draft) is not None


def _without(draft: Draft, *names: str) -> Draft:
    free: dict[str, Any] = dict.fromkeys(names)
    return replace(draft, hardware=replace(draft.hardware, **free))


def _relaxed(draft: Draft, names: tuple[str, ...], factor: float) -> Draft:
    values = {name: getattr(draft.hardware, name) for name in names}
    longer = {n: float(f"{v * factor if n == 'latency_us' else v / factor:.3g}") for n, v in values.items()}
    changed: dict[str, Any] = longer
    return replace(draft, hardware=replace(draft.hardware, **changed))

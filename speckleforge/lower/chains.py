"""Finds the cheapest chain for one draft and one room: first for the frame interval alone, then for the latency.
For a frame interval the graph's cheapest chain is the answer, or with a limit in the way the cheapest label that keeps
it; both are exact. If that chain also meets the latency by the exact cycle model, it is the answer for both. Otherwise
labels carry times from `flow`, which takes words for evenly spread; as that may be wrong by `SLACK`, chains are looked
for within so much more, and the exact cycle model decides, the cheapest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from math import inf
from typing import Any

from speckleforge.ir.core import held_frames, simulate_core
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.lower.draft import Draft
from speckleforge.lower.fifos import deepened
from speckleforge.lower.lattice import Edge, Lattice
from speckleforge.lower.limits import Room, largest, least, less, overhead_at, regions_of_a_cut
from speckleforge.lower.options import Prices, Shop
from speckleforge.lower.request import RESOURCES, Hardware
from speckleforge.lower.search import UNSURE, Label, Search
from speckleforge.lower.stock import Stock

LIKELY = 1.03  # chains of one search are wrong in their coarse timing by about the same factor
NEARLY = 1 + 1e-9  # a sum of prices depends on its order
FAR = 32
CHEAP = 500  # elements of an image of which the cycle model follows more chains in the same time
TIGHTER = (1.0, 0.9, 0.8)  # of a latency: what a search for a cut chain looks for where the one before found none
SLACK = 1.1  # how much longer than it is the coarse timing may find a chain


@dataclass(frozen=True)
class Chain:
    """A complete chain, adapters included."""

    edges: tuple[Edge, ...]

    @property
    def price(self) -> float:
        """Sum over its kernels."""
        return sum(edge.price for edge in self.edges)

    @property
    def resources(self) -> Resources:
        """What its kernels take."""
        return sum((edge.option.resources for edge in self.edges if edge.option), Resources())

    @property
    def kernels(self) -> list[Kernel]:
        """In order, adapters included."""
        return [edge.option.kernel for edge in self.edges if edge.option]

    @property
    def hold_frames(self) -> int:
        """Whole frame intervals for which it may stand still."""
        return held_frames(self.kernels)

    def latency(self, interface: str) -> int:
        """Cycles from first word to record by the exact cycle model, FIFOs deep enough."""
        return simulate_core(deepened(self.kernels), 1, interface=interface).latency_cycles


@dataclass(frozen=True, eq=False)
class Finder:
    """A search with its settings; see `ChooseFolds`."""

    draft: Draft
    stock: Stock
    room: Room
    prices: Prices
    coarse: float
    fine: float
    tries: int
    scarce: tuple[str, ...] = ()
    latencies: dict[tuple[int, ...], int] = field(default_factory=dict)
    lattices: dict[Any, Lattice] = field(default_factory=dict)
    extras: dict[StreamType, Resources] = field(default_factory=dict)

    @property
    def target(self) -> int | None:
        """Cycles of latency that are asked for."""
        return self.draft.hardware.latency_cycles

    def find(self) -> Chain | None:
        """The cheapest chain; what runs out on the way becomes scarce."""
        scarce: tuple[str, ...] = ()
        while True:
            finder = replace(self, scarce=scarce)
            found = finder.by_rate()
            if found and not finder.over(found) and finder.late(found):
                found = finder.by_latency()
            if found is None or not finder.over(found):
                return found
            scarce = tuple(n for n in RESOURCES if n in scarce or n in finder.over(found))

    def by_rate(self) -> Chain | None:
        """The cheapest chain for the frame interval."""
        lattice = self._lattice(timed=False)
        if lattice.cheapest == inf:
            return None
        if not self.scarce:
            return Chain(tuple(lattice.cheapest_chain()))
        rough = self._search(lattice, None, self.coarse, inf)
        labels = self._search(lattice, None, 0.0, rough[0].price * NEARLY if rough else inf)
        return Chain(tuple(labels[0].edges)) if labels else None

    def by_latency(self) -> Chain | None:
        """The cheapest chain for interval and latency: a coarse round finds a price, a finer one looks for less."""
        assert self.target is not None
        lattice, best = self._lattice(timed=True), None
        for tighter in TIGHTER if self.room.away else (1.0,):
            within = int(self.target * SLACK * tighter) + UNSURE
            for step in (self.coarse, self.fine):
                labels = self._search(lattice, within, step, best.price * NEARLY if best else inf)
                best = self._first(labels) or best
            if best:
                break
        return best

    def over(self, chain: Chain) -> list[str]:
        """Resources of which a chain takes too much, all of it in one place; none where the search kept the limits."""
        taken = chain.resources + self.extra(chain.kernels[0].source)
        limit = least(self.room.whole, reduce(least, self.room.parts))
        return [name for name, count in less(taken, limit).as_dict().items() if count and name not in self.scarce]

    def extra(self, source: StreamType) -> Resources:
        """What is no kernel, without what a refill holds back: that only a complete chain tells."""
        if source not in self.extras:
            self.extras[source] = overhead_at(self.draft, source)
        return self.extras[source]

    def late(self, chain: Chain) -> bool:
        """True if a latency is asked for and the chain misses it."""
        return self.target is not None and self._latency(chain) > self.target

    def _lattice(self, *, timed: bool) -> Lattice:
        key = (timed, self.scarce)
        if key not in self.lattices:
            most, window = largest(self.room.parts), intervals(self.draft.hardware)
            shop = Shop(self.stock, self.prices, window[1], most, window[0], timed, self.scarce)
            self.lattices[key] = Lattice(shop, self.draft.topology.nodes[0].out, self.draft.groups)
        return self.lattices[key]

    def _search(self, lattice: Lattice, within: int | None, step: float, ceiling: float) -> list[Label]:
        regions = regions_of_a_cut(self.draft.board) if self.room.away else None
        return Search(lattice, self.room, self.extra, within, step, ceiling, regions).run()

    def _first(self, labels: Sequence[Label]) -> Chain | None:
        """The cheapest chain that meets the latency. Where one misses it, hardly faster ones are not tried."""
        assert self.target is not None
        most, tried = inf, 0
        tries = self.tries * max(1, CHEAP // self.draft.topology.nodes[0].out.size)
        for label in labels:
            if label.last <= most and tried < tries:
                chain, tried = Chain(tuple(label.edges)), tried + 1
                latency = self._latency(chain)
                if latency <= self.target:
                    return chain
                most = label.last * self.target / latency * LIKELY + UNSURE
        return None

    def _latency(self, chain: Chain) -> int:
        key = tuple(id(edge.option.item) for edge in chain.edges if edge.option)
        if key not in self.latencies:
            self.latencies[key] = chain.latency(self.draft.board.interface)
        return self.latencies[key]


def intervals(hardware: Hardware) -> tuple[float, int | None]:
    """Least and most busy cycles of a kernel that are of interest; None: any.

    One that is busy for a `FAR`-th of the latency can hardly do better for it; a rate alone needs no speed at all.
    """
    rate, latency = hardware.interval_cycles, hardware.latency_cycles
    most = min((n for n in (rate, latency) if n is not None), default=None)
    return (latency or 2 * (rate or 0)) / FAR, most

"""Pass: a folding for every kernel, the cheapest chain that is fast enough and fits the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from speckleforge.ir.design import Instance
from speckleforge.ir.resources import Resources
from speckleforge.lower.chains import Chain, Finder
from speckleforge.lower.draft import NOTHING, Draft
from speckleforge.lower.excess import excess
from speckleforge.lower.hopeless import hopeless
from speckleforge.lower.infeasible import infeasible
from speckleforge.lower.lattice import Edge
from speckleforge.lower.limits import Room, allowed, holds, overhead_at, rooms
from speckleforge.lower.options import Prices
from speckleforge.lower.stock import CROSSING, Stock

AGAIN = 4  # how often a room is searched


@dataclass(frozen=True)
class ChooseFolds:
    """The cheapest chain: exactly for a frame interval (FIFOs, which a later pass sizes, left out), for a latency among
    the chains that `Finder` keeps.

    Attributes
    ----------
    coarse, fine
        In the two rounds of a search for a latency a dearer way to a stream is kept if it is faster by this fraction.
    tries
        How many chains of a round the exact cycle model looks at.
    """

    coarse: float = 0.3
    fine: float = 0.02
    tries: int = 12

    @property
    def name(self) -> str:
        """Name in errors."""
        return "fold"

    def run(self, draft: Draft) -> Draft:
        """Fill `instances` with the kernels, and `crossings`; streams do not join yet where an adapter is missing."""
        stock = Stock(draft.board.family, draft.hardware.banks, draft.hardware.arithmetic)
        reason = hopeless(draft)
        chosen = None if reason else self.search(draft, stock=stock)
        if chosen is None:
            raise infeasible(draft, partial(self._anyhow, stock=stock), stock, reason)
        return replace(draft, instances=instances(draft, chosen.edges), crossings=crossings(draft, chosen.edges))

    def search(self, draft: Draft, room: Room | None = None, *, stock: Stock) -> Chain | None:
        """The cheapest chain that the cycle model finds fast enough and that fits; None: there is none.

        Parameters
        ----------
        draft
            With its groups.
        room
            What the design may take; None: what the board leaves, first in one super logic region.
        stock
            Kernels of the draft's family and banks.
        """
        for one in rooms(draft) if room is None else (room,):
            found = self._within(draft, stock, one)
            if found and not (one.spread and all(holds(part, draft.board) for part in parts(draft, found))):
                return found
        return None

    def _anyhow(self, draft: Draft, room: Room | None = None, *, stock: Stock) -> Chain | None:
        """Some chain, cheap or not, of a quick search; one for a latency may miss what the whole search finds."""
        found = replace(self, fine=self.coarse, tries=3).search(draft, room, stock=stock)
        late = draft.hardware.latency_cycles is not None
        return self.search(draft, room, stock=stock) if found is None and late else found

    def _within(self, draft: Draft, stock: Stock, room: Room) -> Chain | None:
        """The cheapest chain of a room. What a refill holds back may make the frame buffer of a complete one larger
        than the search knew: then another one is looked for, within so much less.
        """
        prices = Prices.of(allowed(draft))
        for _ in range(AGAIN):
            found = Finder(draft, stock, room, prices, self.coarse, self.fine, self.tries).find()
            if found is None:
                return None
            *taken, extra = parts(draft, found)
            over = excess(found.kernels, taken, extra, room)
            if over == NOTHING:
                return found
            room = room.without(over)
        return None


def parts(draft: Draft, chain: Chain) -> list[Resources]:
    """What each kernel of a chain takes, and last what is no kernel."""
    taken = [edge.option.resources for edge in chain.edges if edge.option]
    return [*taken, overhead_at(draft, chain.kernels[0].source, chain.hold_frames)]


def instances(draft: Draft, edges: Sequence[Edge]) -> tuple[Instance, ...]:
    """One for each kernel that computes groups: named after the first, with the boundary of the last."""
    found, done = [], 0
    for edge in edges:
        if edge.groups and edge.option:
            boundary = draft.groups[done + edge.groups - 1].boundary
            found.append(Instance(draft.groups[done].name, edge.option.kernel, boundary))
            done += edge.groups
    return tuple(found)


def crossings(draft: Draft, edges: Sequence[Edge]) -> tuple[tuple[str, int, int], ...]:
    """Instances behind which the chain leaves its super logic region, with the regions."""
    found, done, behind = [], 0, ""
    for edge in edges:
        assert edge.option
        kernel = edge.option.kernel
        if edge.groups:
            behind = draft.groups[done].name
            done += edge.groups
        elif kernel.kind == CROSSING:
            found.append((behind, int(getattr(kernel, "leaves")), int(getattr(kernel, "enters"))))  # noqa: B009
    return tuple(found)

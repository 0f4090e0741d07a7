"""Pass: a folding for every kernel, the cheapest chain that is fast enough and fits the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Instance
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import stream_of
from speckleforge.lower.draft import Draft
from speckleforge.lower.fifos import deepened
from speckleforge.lower.infeasible import infeasible
from speckleforge.lower.options import ADAPTER, Shop
from speckleforge.lower.overhead import overhead
from speckleforge.lower.request import RESOURCES
from speckleforge.lower.search import Label, Search

TIGHTER = 0.98  # of the coarse timing, where the cycle model finds every chain too slow
CEILING = 1.1  # of the coarse search's price: room for chains that turn out faster
ENDLESS = Resources(**dict.fromkeys(RESOURCES, 1 << 60))


@dataclass(frozen=True)
class ChooseFolds:
    """Search in two rounds: a coarse one finds a price, a finer one looks for less than that.

    Attributes
    ----------
    coarse, fine
        A dearer way to a stream is kept if it is faster by this fraction.
    tries
        How often a chain that the exact cycle model finds too slow makes the search look for a faster one.
    """

    coarse: float = 0.3
    fine: float = 0.04
    tries: int = 8

    @property
    def name(self) -> str:
        """Name in errors."""
        return "fold"

    def run(self, draft: Draft) -> Draft:
        """Fill `instances` with one kernel for each group; streams do not join yet where an adapter is missing."""
        chosen = self.search(draft)
        if chosen is None:
            raise infeasible(draft, replace(self, fine=self.coarse, tries=2).search)
        kernels = [option.kernel for option in chosen.options if option.kernel.kind != ADAPTER]
        found = [Instance(g.name, k, g.boundary) for g, k in zip(draft.groups, kernels, strict=True)]
        return replace(draft, instances=tuple(found))

    def search(self, draft: Draft, *, endless: bool = False) -> Label | None:
        """The cheapest chain that the cycle model finds fast enough and that fits; None: there is none.

        Parameters
        ----------
        draft
            With its groups.
        endless
            True: the board's prices, but no limit.
        """
        target = draft.hardware.latency_cycles
        within = target
        budget = ENDLESS if endless else budget_of(draft)
        for _ in range(self.tries):
            slowest = 0.0  # how much slower than coarse timing the cycle model finds the fastest chain
            for label in self._labels(draft, within, budget):
                cycles = simulate_core(deepened(_kernels(label)), 1).latency_cycles
                if target is None or cycles <= target:
                    return label
                slowest = cycles / max(label.last, 1)
            if not slowest or target is None or within is None:
                return None
            within = min(int(within * TIGHTER), int(target / slowest))
        return None

    def _labels(self, draft: Draft, within: int | None, budget: Resources) -> Iterator[Label]:
        """Chains within the coarse timing and the budget, the cheapest first; what runs out becomes scarce."""
        shop = Shop(draft.board, draft.hardware.banks, _most_interval(draft, within))
        while True:
            labels = self._two_rounds(draft, Search(shop, within, budget))
            over = _over(labels[:1], budget)
            if not over or set(over) <= set(shop.scarce):
                break
            shop = replace(shop, scarce=tuple(sorted({*shop.scarce, *over})))
        yield from (label for label in labels if label.resources.fits(budget))

    def _two_rounds(self, draft: Draft, search: Search) -> list[Label]:
        source = draft.topology.nodes[0].out
        if search.most_latency is None:
            return search.run(source, draft.groups)
        rough = replace(search, step=self.coarse).run(source, draft.groups)
        if not rough:
            return []
        ceiling = inf if search.shop.scarce else rough[0].price * CEILING
        return replace(search, step=self.fine, ceiling=ceiling).run(source, draft.groups)


def budget_of(draft: Draft) -> Resources:
    """What the board leaves for kernels."""
    source = stream_of(draft.topology.nodes[0].out, 1)
    taken = overhead(draft.topology, draft.board, source, boot=draft.hardware.boot)
    left = {n: max(0, v - getattr(taken, n)) for n, v in draft.board.resources.as_dict().items()}
    return Resources(**left)


def _most_interval(draft: Draft, within: int | None) -> int | None:
    """A kernel that is busy for longer than this is too slow, whatever the others do."""
    bounds = [n for n in (draft.hardware.interval_cycles, within) if n is not None]
    return min(bounds) if bounds else None


def _over(labels: Sequence[Label], budget: Resources) -> list[str]:
    return [n for label in labels for n, v in label.resources.as_dict().items() if v > getattr(budget, n)]


def _kernels(label: Label) -> list[Kernel]:
    return [option.kernel for option in label.options]

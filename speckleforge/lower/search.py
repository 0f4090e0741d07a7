"""The cheapest chains within a latency and within what is scarce. Takes a lattice; gives complete chains.

A label is a way to reach a stream: what it costs, when a frame's first and last word get there (`flow`), what it takes
of scarce resources. Of the labels of a stream only those that no other one beats go on. What the rest of a chain costs
and takes at least is known from the lattice, so a label that cannot end within the limits is dropped at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import NamedTuple

from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.lower.flow import STRAIGHT
from speckleforge.lower.lattice import Edge, Lattice, Node
from speckleforge.lower.limits import Room

UNSURE = 4  # cycles by which the coarse timing of two chains cannot be told apart
AT_HOME, AWAY, BACK = 0, 1, 2  # which part of a cut chain a label has reached


class Label(NamedTuple):
    """A way to reach a stream; compares by price, then time."""

    price: float
    last: int
    first: int
    taken: tuple[int, ...]  # of each scarce resource: in all, or at home and then away
    place: int
    before: Label | None
    edge: Edge | None  # None at the source

    @property
    def edges(self) -> list[Edge]:
        """The chain that leads here, without the edges that need no kernel."""
        found, label = [], self
        while label.before is not None and label.edge is not None:
            if label.edge.option:
                found.append(label.edge)
            label = label.before
        return found[::-1]


Labels = dict[tuple[Node, int], list[Label]]


@dataclass(frozen=True, eq=False)
class Search:
    """What is looked for.

    Attributes
    ----------
    lattice
        All chains.
    room
        What a chain may take of the shop's scarce resources, with what is no kernel.
    extra
        What is no kernel, for the stream that enters the first one; it lies at home.
    most_latency
        Cycles from the first word in to the last one out; None: latency does not matter.
    step
        A dearer label must be faster by this fraction, or take less of what is scarce by this fraction of its limit, to
        be kept.
    ceiling
        Chains that must come to more than this price are given up.
    regions
        Numbers of the regions at home and away, where the chain may be cut.
    """

    lattice: Lattice
    room: Room
    extra: Callable[[StreamType], Resources]
    most_latency: int | None
    step: float = 0.0
    ceiling: float = inf
    regions: tuple[int, int] | None = None

    def run(self) -> list[Label]:
        """Complete chains, the cheapest first; a later one is faster, or takes less of what is scarce."""
        labels: Labels = {}
        for node in self.lattice.sources:
            taken = self._begin(node.stream)
            labels[node, AT_HOME] = [Label(0.0, node.stream.words - 1, 0, taken, AT_HOME, None, None)]
        floors = self._floors()
        for node in self.lattice.nodes:
            for place in (AT_HOME, AWAY, BACK) if self.regions else (AT_HOME,):
                labels[node, place] = self._best(labels.get((node, place), ()))
                if self.regions and place != BACK and not node.ready and node.level < len(self.lattice.groups):
                    self._spread(labels, (node, place), self._crossing(node, place), place + 1, floors)
                for edge in node.edges:
                    self._spread(labels, (node, place), edge, place, floors)
        homes = (AT_HOME, BACK) if self.regions else (AT_HOME,)
        return self._best(one for node in self.lattice.ends for home in homes for one in labels.get((node, home), ()))

    @property
    def scarce(self) -> tuple[str, ...]:
        """Names of what is scarce."""
        return self.lattice.shop.scarce

    @cached_property
    def limits(self) -> tuple[int, ...]:
        """Of each scarce resource, in each part."""
        return tuple(getattr(part, name) for part in self.room.parts for name in self.scarce)

    @cached_property
    def nearness(self) -> tuple[float, ...]:
        """Differences of scarce resources that do not count."""
        return tuple(limit * self.step for limit in self.limits)

    def _begin(self, source: StreamType) -> tuple[int, ...]:
        """What is taken of each limit before the first kernel."""
        extra = self.extra(source) if self.scarce else Resources()
        return (*(getattr(extra, name) for name in self.scarce), *[0] * (len(self.limits) - len(self.scarce)))

    def _floors(self) -> list[dict[Node, int]]:
        """What the rest of a chain takes at least of each scarce resource."""
        return [self.lattice.least(name) for name in self.scarce]

    def _crossing(self, node: Node, place: int) -> Edge:
        assert self.regions
        ways = self.regions if place == AT_HOME else self.regions[::-1]
        option = self.lattice.shop.crossing(node.stream, *ways)
        return Edge(option.price, node, option, option.item.flow if self.lattice.shop.timed else STRAIGHT, 0)

    def _spread(
        self, labels: Labels, origin: tuple[Node, int], edge: Edge, place: int, floors: list[dict[Node, int]]
    ) -> None:
        """Put the labels behind an edge, without those that cannot end within the limits."""
        target = edge.target
        most = self.ceiling - target.to_go - edge.price
        late = inf if self.most_latency is None else self.most_latency - target.cycles_to_go
        leave, timed = edge.flow.leave, self.most_latency is not None and edge.option is not None
        found = labels.setdefault((target, place), [])
        for label in labels[origin]:
            if label.price > most:
                break
            first, last = leave(label.first, label.last) if timed else (label.first, label.last)
            if last > late:
                continue
            taken = self._taken(label.taken, edge, place, floors) if self.scarce else ()
            if taken is not None:
                found.append(Label(label.price + edge.price, last, first, taken, place, label, edge))

    def _taken(
        self, taken: tuple[int, ...], edge: Edge, place: int, floors: list[dict[Node, int]]
    ) -> tuple[int, ...] | None:
        """What is taken behind an edge; None where a limit is exceeded, or must be later."""
        counts = list(taken)
        at = len(self.scarce) if place == AWAY else 0
        for index, name in enumerate(self.scarce):
            counts[at + index] += edge.takes(name)
            rest = floors[index][edge.target]
            if sum(counts[index :: len(self.scarce)]) + rest > getattr(self.room.whole, name):
                return None
        return tuple(counts) if all(a <= b for a, b in zip(counts, self.limits, strict=True)) else None

    def _best(self, labels: Iterable[Label]) -> list[Label]:
        """Labels that no other one beats, the cheapest first."""
        kept: list[Label] = []
        if self.scarce:
            for label in sorted(labels, key=_rank):
                if not any(self._beats(rival, label) for rival in kept):
                    kept.append(label)
            return kept
        latest: float = inf
        for label in sorted(labels, key=_rank):
            if label.last <= latest:
                kept.append(label)
                latest = min(latest, self._hardly_later(label)) if self.most_latency is not None else -1
        return kept

    def _hardly_later(self, label: Label) -> float:
        """When a dearer label must be there to be worth keeping."""
        return label.last * (1 - self.step) + UNSURE

    def _beats(self, rival: Label, label: Label) -> bool:
        """True if a cheaper rival is hardly later and takes no more of what is scarce."""
        if self.most_latency is not None and self._hardly_later(rival) >= label.last:
            return False
        return all(a <= b + near for a, b, near in zip(rival.taken, label.taken, self.nearness, strict=True))


def _rank(label: Label) -> tuple[float, int, int]:
    return label[:3]

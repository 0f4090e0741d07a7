"""The cheapest chain of kernels that is fast enough and fits the board.

Dynamic programming along the chain. A state is the stream behind a kernel; a label is a way to reach it with what it
costs and when a frame's first and last word get there (`flow`). Of the labels of a state only those that no other one
beats go on, so the result is exact for a frame interval, and exact up to the coarse timing for a latency.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.types import TensorType
from speckleforge.lower.draft import Group
from speckleforge.lower.lanes import sensible_lanes, thin_lanes
from speckleforge.lower.options import Option, Shop

LANE_STEPS = (1, 2)  # pools halve the lanes: even numbers, too


class Label(NamedTuple):
    """A way to reach a stream; compares by price, then time."""

    price: float
    last: int
    first: int
    taken: tuple[int, ...]  # of each scarce resource
    before: Label | None
    option: Option | None  # None at the source

    @property
    def options(self) -> tuple[Option, ...]:
        """The chain that leads here, adapters included."""
        if self.before is None or self.option is None:
            return ()
        return (*self.before.options, self.option)

    @property
    def resources(self) -> Resources:
        """What the chain takes."""
        return sum((option.resources for option in self.options), Resources())


@dataclass(frozen=True)
class Search:
    """What is looked for.

    Attributes
    ----------
    shop
        Prices kernels.
    most_latency
        Cycles from the first word in to the last one out; None: latency does not matter.
    budget
        What all kernels together may take.
    step
        A dearer label must be faster by this fraction to be kept.
    ceiling
        Chains that must come to more than this price are given up.
    """

    shop: Shop
    most_latency: int | None
    budget: Resources
    step: float = 0.0
    ceiling: float = inf

    def run(self, source: TensorType, groups: Sequence[Group], floors: Sequence[float] = ()) -> list[Label]:
        """Complete chains, the cheapest first; a later one is faster, or takes less of what is scarce. Empty: there is
        none.

        Parameters
        ----------
        source, groups
            The input and what follows.
        floors
            For each group the least price of all those behind it; empty: zeros.
        """
        floors = floors or [0.0] * len(groups)
        states = self._sources(source)
        for index, group in enumerate(groups):
            before = floors[index - 1] if index else inf
            states = self._behind(group, self._adapted(states, self.ceiling - before), self.ceiling - floors[index])
        return self._best(label for labels in states.values() for label in labels)

    def _sources(self, source: TensorType) -> dict[StreamType, list[Label]]:
        """The input stream with every sensible number of lanes; its words come one a cycle."""
        width = source.image[2]
        choice = sensible_lanes if self.most_latency is None else thin_lanes
        lanes = sorted({n for step in LANE_STEPS for n in choice(width, step=step)})
        streams = [stream_of(source, n) for n in lanes]
        none = (0,) * len(self.shop.scarce)
        return {stream: [Label(0.0, stream.words - 1, 0, none, None, None)] for stream in streams}

    def _adapted(self, states: dict[StreamType, list[Label]], most: float) -> dict[StreamType, list[Label]]:
        """All states, and those that one adapter reaches from them."""
        found: dict[StreamType, list[Label]] = {stream: list(labels) for stream, labels in states.items()}
        for stream, labels in states.items():
            if labels and labels[0].before:
                for option in self.shop.adapters(stream):
                    found.setdefault(option.kernel.sink, []).extend(self._through(option, labels, most))
        return {stream: self._best(labels) for stream, labels in found.items()}

    def _behind(
        self, group: Group, states: dict[StreamType, list[Label]], most: float
    ) -> dict[StreamType, list[Label]]:
        """States behind a group's kernel."""
        found: dict[StreamType, list[Label]] = {}
        for stream, labels in states.items():
            for option in self.shop.kernels(group.op, stream) if labels else ():
                found.setdefault(option.kernel.sink, []).extend(self._through(option, labels, most))
        return {stream: self._best(labels) for stream, labels in found.items()}

    def _through(self, option: Option, labels: Iterable[Label], most: float) -> Iterator[Label]:
        """The labels behind a kernel, without those that are too dear, too late or take too much of what is scarce."""
        price = option.price
        if self.shop.scarce:
            yield from self._scarcely(option, labels, most)
        elif self.most_latency is None:
            for label in labels:
                if label.price + price <= most:
                    yield Label(label.price + price, label.last, label.first, (), label, option)
        else:
            leave = option.flow.leave
            for label in labels:
                if label.price + price <= most:
                    first, last = leave(label.first, label.last)
                    if last <= self.most_latency:
                        yield Label(label.price + price, last, first, (), label, option)

    def _scarcely(self, option: Option, labels: Iterable[Label], most: float) -> Iterator[Label]:
        limits = tuple(getattr(self.budget, name) for name in self.shop.scarce)
        taking = tuple(getattr(option.resources, name) for name in self.shop.scarce)
        late = inf if self.most_latency is None else self.most_latency
        for label in labels:
            times = option.flow.leave(label.first, label.last) if self.most_latency is not None else label[1:3]
            taken = tuple(a + b for a, b in zip(label.taken, taking, strict=True))
            if times[1] <= late and all(a <= b for a, b in zip(taken, limits, strict=True)):
                price = label.price + option.price
                if price <= most:
                    yield Label(price, times[1], times[0], taken, label, option)

    def _best(self, labels: Iterable[Label]) -> list[Label]:
        """Labels that no other one beats, the cheapest first."""
        timed = self.most_latency is not None
        kept: list[Label] = []
        if self.shop.scarce:
            for label in sorted(labels, key=_rank):
                if not any(self._beats(rival, label) for rival in kept):
                    kept.append(label)
            return kept
        next_time: float = inf
        for label in sorted(labels, key=_rank):
            if label.last <= next_time:
                kept.append(label)
                next_time = label.last * (1 - self.step) - 1 if timed else -1
        return kept

    def _beats(self, rival: Label, label: Label) -> bool:
        """True if a cheaper rival is hardly later and takes no more of what is scarce."""
        if self.most_latency is not None and rival.last * (1 - self.step) > label.last:
            return False
        return all(a <= b for a, b in zip(rival.taken, label.taken, strict=True))


def _rank(label: Label) -> tuple[float, int, int]:
    return label[:3]

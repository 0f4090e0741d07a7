"""The cheapest chain of kernels that is fast enough and fits the board.

Dynamic programming along the chain. A state is the stream behind a kernel; a label is a way to reach it with what it costs and
when a frame's first and last word get there (`flow`). Of the labels of a state only those that no other one beats go on, so
the result is exact for a frame interval, and exact up to the coarse timing for a latency.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from speckleforge.errors import DesignError
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.types import TensorType
from speckleforge.lower.draft import Group
from speckleforge.lower.lanes import sensible_lanes
from speckleforge.lower.options import Option, Shop

LANE_STEPS = (1, 2, 4)  # pools halve the lanes: even numbers and multiples of four


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
    """

    shop: Shop
    most_latency: int | None
    budget: Resources

    def run(self, source: TensorType, groups: Iterable[Group]) -> list[Label]:
        """Complete chains, the cheapest first; a later one is faster, or takes less of what is scarce. Empty: there is none."""
        states = self._sources(source)
        for group in groups:
            states = self._behind(group, self._adapted(states))
        return self._best(label for labels in states.values() for label in labels)

    def _sources(self, source: TensorType) -> dict[StreamType, list[Label]]:
        """The input stream with every sensible number of lanes; its words come one a cycle."""
        width = source.image[2]
        lanes = sorted({n for step in LANE_STEPS for n in sensible_lanes(width, step=step)})
        streams = [stream_of(source, n) for n in lanes]
        return {stream: [Label(0.0, stream.words - 1, 0, (0,) * len(self.shop.scarce), None, None)] for stream in streams}

    def _adapted(self, states: dict[StreamType, list[Label]]) -> dict[StreamType, list[Label]]:
        """All states, and those that one adapter reaches from them."""
        found: dict[StreamType, list[Label]] = {stream: list(labels) for stream, labels in states.items()}
        for stream, labels in states.items():
            if labels and labels[0].before:
                for option in self.shop.adapters(stream, 1):
                    found.setdefault(option.kernel.sink, []).extend(self._through(option, labels))
        return {stream: self._best(labels) for stream, labels in found.items()}

    def _behind(self, group: Group, states: dict[StreamType, list[Label]]) -> dict[StreamType, list[Label]]:
        """States behind a group's kernel."""
        found: dict[StreamType, list[Label]] = {}
        for stream, labels in states.items():
            for option in self._kernels(group, stream):
                found.setdefault(option.kernel.sink, []).extend(self._through(option, labels))
        return {stream: self._best(labels) for stream, labels in found.items()}

    def _kernels(self, group: Group, stream: StreamType) -> tuple[Option, ...]:
        """Foldings for that stream; none where a stride does not fit its lanes (an adapter's state serves it)."""
        try:
            return self.shop.kernels(group.op, stream)
        except DesignError:
            return ()

    def _through(self, option: Option, labels: Iterable[Label]) -> Iterator[Label]:
        """The labels behind a kernel, without those that are too late or take too much of what is scarce."""
        most = inf if self.most_latency is None else self.most_latency
        limits = tuple(getattr(self.budget, name) for name in self.shop.scarce)
        taking = tuple(getattr(option.resources, name) for name in self.shop.scarce)
        for label in labels:
            first, last = label.first, label.last
            if self.most_latency is not None:
                first, last = option.flow.leave(first, last)
            taken = tuple(a + b for a, b in zip(label.taken, taking, strict=True))
            if last <= most and all(a <= b for a, b in zip(taken, limits, strict=True)):
                yield Label(label.price + option.price, last, first, taken, label, option)

    def _best(self, labels: Iterable[Label]) -> list[Label]:
        """Labels that no other one beats, the cheapest first."""
        timed = self.most_latency is not None
        kept: list[Label] = []
        for label in sorted(labels, key=_rank):
            time = label.last if timed else 0
            if self.shop.scarce:
                beaten = any(self._beats(rival, time, label.taken) for rival in kept)
            else:
                beaten = bool(kept) and (not timed or kept[-1].last <= time)
            if not beaten:
                kept.append(label)
        return kept

    def _beats(self, rival: Label, time: int, taken: tuple[int, ...]) -> bool:
        """True if a cheaper rival is no later and takes no more of what is scarce."""
        if self.most_latency is not None and rival.last > time:
            return False
        return all(a <= b for a, b in zip(rival.taken, taken, strict=True))


def _rank(label: Label) -> tuple[float, int, int]:
    return label[:3]

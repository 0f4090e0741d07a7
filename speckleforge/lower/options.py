"""Every kernel worth considering for a stream, with its price. Takes a layer's candidates; gives the best of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from speckleforge.errors import DesignError
from speckleforge.ir.cycles import timing_of
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.layers import facet, kernel_class
from speckleforge.lower.flow import Flow, between, flow_of, steady
from speckleforge.lower.lanes import thin_lanes
from speckleforge.lower.request import RESOURCES, Board

ADAPTER = "repack"
NO_FLOW = Flow(1, 0, 0, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Option:
    """A kernel and its price.

    Attributes
    ----------
    kernel
        With its folding.
    resources
        Predicted.
    price
        Sum over the board's resources of the fraction that it takes.
    flow
        Its coarse timing.
    """

    kernel: Kernel
    resources: Resources
    price: float
    flow: Flow = NO_FLOW

    @property
    def delay(self) -> int | None:
        """Cycles from an emitting step to its word's write; None where the kernel says it in its timing only."""
        found: int | None = getattr(self.kernel, "delay", None)
        return found

    @property
    def interval(self) -> int:
        """Cycles for which a frame keeps it busy."""
        return self.kernel.interval_cycles


def price(resources: Resources, board: Board) -> float:
    """Sum of the fractions of the board; a resource that the board does not have costs a whole board apiece."""
    total = 0.0
    for name in RESOURCES:
        total += getattr(resources, name) / (getattr(board.resources, name) or 1)
    return total


@dataclass(frozen=True)
class Shop:
    """Prices kernels for one board.

    Attributes
    ----------
    most_interval
        A kernel that is busy for longer is not offered; None: any.
    scarce
        Resources of which the cheapest design took too much: an option that takes less of one stays on offer.
    """

    board: Board
    banks: int
    most_interval: int | None
    scarce: tuple[str, ...] = ()

    def offer(self, kernel: Kernel) -> Option:
        """The kernel with its price."""
        resources: Resources = facet(kernel.kind, "cost").cost(kernel, self.board.family, self.banks)
        return Option(kernel, resources, price(resources, self.board))

    @cache  # noqa: B019 - a shop lives for one search
    def kernels(self, op: Op, source: StreamType) -> tuple[Option, ...]:
        """Foldings of an operator that no other one beats; none where its stride does not fit the stream's lanes."""
        try:
            found = facet(op.kind, "kernel").candidates(op, source, self.banks, self.board.family)
            return with_flows(self._best(self.offer(kernel) for kernel in found if self._quick(kernel)))
        except DesignError:
            return ()

    @cache  # noqa: B019 - a shop lives for one search
    def adapters(self, source: StreamType) -> tuple[Option, ...]:
        """Adapters of the stream to other lanes, aligned."""
        lanes = [n for n in thin_lanes(source.width) if n != source.lanes or source.offset]
        found = [repack(source, n) for n in lanes]
        return tuple(
            replace(self.offer(kernel), flow=steady(source.words, kernel.interval_cycles, source.height))
            for kernel in found
            if self._quick(kernel)
        )

    def _quick(self, kernel: Kernel) -> bool:
        return self.most_interval is None or kernel.interval_cycles <= self.most_interval

    def _best(self, options: Iterable[Option]) -> tuple[Option, ...]:
        """For each output stream those that no faster one beats in price and scarce resources."""
        kept: dict[StreamType, list[Option]] = {}
        for option in sorted(options, key=lambda o: (o.interval, o.price)):
            rivals = kept.setdefault(option.kernel.sink, [])
            if not any(self._beats(rival, option) for rival in rivals):
                rivals.append(option)
        return tuple(option for rivals in kept.values() for option in rivals)

    def _beats(self, rival: Option, option: Option) -> bool:
        """True if a rival that is at least as fast takes no more of anything that counts."""
        return rival.price <= option.price and all(
            getattr(rival.resources, name) <= getattr(option.resources, name) for name in self.scarce
        )


def with_flow(option: Option) -> Option:
    """The option with its flow, from all its steps."""
    return replace(option, flow=flow_of(timing_of(option.kernel)))


def with_flows(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Options of one operator and stream with their flows: the fastest and the slowest exactly, others between them."""
    if len(options) < 3 or options[0].delay is None:
        return tuple(with_flow(option) for option in options)
    low = flow_of(timing_of(min(options, key=_interval).kernel))
    high = flow_of(timing_of(max(options, key=_interval).kernel))
    return tuple(replace(o, flow=_between(low, high, o)) for o in options)


def _between(low: Flow, high: Flow, option: Option) -> Flow:
    sink: StreamType = option.kernel.sink
    last = sink.words if low.head_words == low.words - 1 else 1  # everything at the end, or a word a step
    return between(low, high, option.interval, option.delay or 0, last)


def _interval(option: Option) -> int:
    return option.interval


def repack(source: StreamType, lanes: int) -> Kernel:
    """The adapter to `lanes` lanes; its FIFO is sized by a later pass."""
    build: Any = kernel_class(ADAPTER)
    kernel: Kernel = build(op=None, source=source, lanes=lanes, fifo=-(-source.lanes // lanes) + 3)
    return kernel

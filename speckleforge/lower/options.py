"""Every kernel worth considering for a stream, with its price. Takes a stock; gives the best of it for one target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.lower.flow import Flow, between
from speckleforge.lower.request import RESOURCES
from speckleforge.lower.stock import Item, Stock

MANY = 100  # kernels for one operator and stream; of fewer all are priced
SAME_DELAY = 2  # cycles of pipeline that no target turns on


class Option(NamedTuple):
    """A kernel and its price: the sum over all resources of the share that it takes of what the design may take."""

    price: float
    item: Item

    @property
    def kernel(self) -> Kernel:
        """With its folding."""
        return self.item.kernel

    @property
    def resources(self) -> Resources:
        """Predicted."""
        return self.item.resources


def price(resources: Resources, most: Resources) -> float:
    """Sum of the shares of `most`; a resource of which there is none costs a whole share apiece."""
    return Prices.of(most)(resources)


class Prices(NamedTuple):
    """Price of one unit of each resource, in the order of `RESOURCES`."""

    lut: float
    lutram: float
    ff: float
    dsp: float
    bram: float

    @staticmethod
    def of(most: Resources) -> Prices:
        """Shares of `most`."""
        return Prices(**{name: 1 / (getattr(most, name) or 1) for name in RESOURCES})

    @staticmethod
    def only(name: str) -> Prices:
        """Counts of one resource; the others cost nothing."""
        return Prices(**{n: float(n == name) for n in RESOURCES})

    def __call__(self, taken: Resources) -> float:
        """Price of what is taken."""
        return (
            taken.lut * self.lut
            + taken.lutram * self.lutram
            + taken.ff * self.ff
            + taken.dsp * self.dsp
            + taken.bram * self.bram
        )


@dataclass(frozen=True, eq=False)
class Shop:
    """Prices kernels for one target.

    Attributes
    ----------
    most_interval
        A kernel that is busy for longer is not offered; None: any.
    most
        A kernel that takes more by itself is not offered.
    least_interval
        Of a great many foldings of one operator those that are busy for less are not priced: no target needs them.
        Nor are those that take apart a word that an adapter has put together.
    timed
        True: a faster option stays on offer, for latency matters.
    scarce
        Resources that a limit stops: an option that takes less of one stays on offer.
    """

    stock: Stock
    prices: Prices
    most_interval: int | None
    most: Resources
    least_interval: float = 0.0
    timed: bool = False
    scarce: tuple[str, ...] = ()

    def kernels(self, op: Op, source: StreamType, *, adapted: bool) -> list[Option]:
        """Foldings of an operator that no other one beats; `adapted`: the stream comes from an adapter."""
        return self._offered(self.stock.kernels(op, source), adapted=adapted) if self._taken(source) else []

    def fused(self, op: Op, source: StreamType, after: Op, *, adapted: bool) -> list[Option]:
        """The same with the following operator inside."""
        return self._offered(self.stock.fused(op, source, after), adapted=adapted) if self._taken(source) else []

    def adapters(self, source: StreamType) -> list[Option]:
        """Adapters of the stream to other lanes."""
        return [self._priced(item) for item in self.stock.adapters(source) if self._quick(item)]

    def crossing(self, source: StreamType, leaves: int, enters: int) -> Option:
        """The way into another region."""
        return self._priced(self.stock.crossing(source, leaves, enters))

    def _taken(self, source: StreamType) -> bool:
        """True if a kernel can be quick enough that takes a word of the stream a cycle."""
        return self.most_interval is None or source.words <= self.most_interval

    def _quick(self, item: Item) -> bool:
        return self.most_interval is None or item.interval <= self.most_interval

    def _priced(self, item: Item) -> Option:
        return Option(self.prices(item.resources), item)

    def _offered(self, items: Iterable[Item], *, adapted: bool) -> list[Option]:
        """For each output stream the options that no other one beats."""
        kept: dict[StreamType, list[Option]] = {}
        quick = [item for item in items if self._quick(item)]
        quick = near(quick, self.least_interval, adapted=adapted) if len(quick) > MANY else quick
        fitting = (self._priced(item) for item in quick if item.resources.fits(self.most))
        for option in sorted(fitting, key=_rank):
            rivals = kept.setdefault(option.kernel.sink, [])
            if not any(self._beats(rival, option) for rival in rivals):
                rivals.append(option)
        return [option for rivals in kept.values() for option in rivals]

    def _beats(self, rival: Option, option: Option) -> bool:
        """True if a rival that is no dearer is at least as fast and takes no more of anything that counts."""
        a, b = rival.item, option.item
        if self.timed and (a.interval > b.interval or a.delay > b.delay + SAME_DELAY):
            return False
        return all(getattr(a.resources, name) <= getattr(b.resources, name) for name in self.scarce)


def near(items: list[Item], least_interval: float, *, adapted: bool) -> list[Item]:
    """Of a great many kernels those that are busy for so long, or the slowest if none is; and none that takes apart a
    word that an adapter has put together.
    """
    least = min(least_interval, max(item.interval for item in items))
    found = [item for item in items if item.interval >= least]
    whole = [item for item in found if getattr(item.kernel, "parts", 1) == 1] if adapted else []
    return whole or found


def _rank(option: Option) -> tuple[float, int]:
    return option.price, option.item.interval


def flows(options: list[Option]) -> list[Flow]:
    """Flows of one operator's options for one stream: the fastest and the slowest exactly, others between them."""
    if len(options) < 3:
        return [option.item.flow for option in options]
    low = min(options, key=_interval).item.flow
    high = max(options, key=_interval).item.flow
    return [_between(low, high, option.item) for option in options]


def _between(low: Flow, high: Flow, item: Item) -> Flow:
    sink = item.kernel.sink
    last = sink.words if low.head_words == low.words - 1 else 1  # everything at the end, or a word a step
    return between(low, high, item.interval, item.delay, last)


def _interval(option: Option) -> int:
    return option.item.interval

"""Every kernel that a search asked for, with what it takes. Takes layers' candidates; makes and prices each once.

One stock serves all searches of a lowering: other targets, budgets and rounds choose among the same kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from speckleforge.errors import DesignError
from speckleforge.ir.cycles import timing_of
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.layers import facet, kernel_class
from speckleforge.lower.flow import Flow, flow_of, steady
from speckleforge.lower.lanes import sensible_lanes

ADAPTER = "repack"
CROSSING = "crossing"
ADAPTER_DELAY = 1  # cycles from a step of an adapter to the write of its first word


class Item:
    """One kernel, priced when first asked.

    Attributes
    ----------
    kernel, interval
        The kernel, and the cycles for which a frame keeps it busy.
    """

    __slots__ = ("__dict__", "banks", "family", "interval", "kernel")

    def __init__(self, kernel: Kernel, family: str, banks: int) -> None:
        self.kernel = kernel
        self.interval = kernel.interval_cycles
        self.family = family
        self.banks = banks

    @cached_property
    def resources(self) -> Resources:
        """Predicted."""
        found: Resources = facet(self.kernel.kind, "cost").cost(self.kernel, self.family, self.banks)
        return found

    @cached_property
    def delay(self) -> int:
        """Cycles from an emitting step to its word's write."""
        found: int | None = getattr(self.kernel, "delay", None)
        return timing_of(self.kernel).delay if found is None else found

    @cached_property
    def flow(self) -> Flow:
        """Coarse timing, from all its steps."""
        if isinstance(self.kernel, kernel_class(ADAPTER)):  # there are hundreds of them, each row like the others
            completed: tuple[int, ...] = self.kernel.completed  # type: ignore[attr-defined]
            return steady(completed, self.kernel.source.height, ADAPTER_DELAY)
        return flow_of(timing_of(self.kernel))


class Stock:
    """Kernels by operator and stream, for one family, number of banks, and ways to make products (empty: any)."""

    def __init__(self, family: str, banks: int, arithmetic: tuple[str, ...] = ()) -> None:
        self.family = family
        self.banks = banks
        self.arithmetic = arithmetic
        self._items: dict[Any, list[Item]] = {}

    def kernels(self, op: Op, source: StreamType) -> list[Item]:
        """Every folding of an operator; none where its stride does not fit the stream's lanes."""
        return self._once((op, source), lambda: self._allowed(op, source))

    def fused(self, op: Op, source: StreamType, after: Op) -> list[Item]:
        """The same with the following operator computed inside; none where the layer cannot."""
        return self._once((op, source, after), lambda: self._fused(op, source, after))

    def adapters(self, source: StreamType) -> list[Item]:
        """Adapters of the stream to other sensible lanes, aligned."""
        lanes = [n for n in sensible_lanes(source.width) if n != source.lanes or source.offset]
        return self._once((source, 0), lambda: [repack(source, n) for n in lanes])

    def crossing(self, source: StreamType, leaves: int, enters: int) -> Item:
        """The registered way of a stream into another super logic region."""
        return self._once((source, leaves, enters), lambda: [crossing(source, leaves, enters)])[0]

    def _once(self, key: Any, make: Any) -> list[Item]:
        found = self._items.get(key)
        if found is None:
            try:
                found = [Item(kernel, self.family, self.banks) for kernel in make()]
            except DesignError:
                found = []
            self._items[key] = found
        return found

    def _allowed(self, op: Op, source: StreamType) -> Iterator[Kernel]:
        """A layer's candidates with an allowed arithmetic; a layer that has none of these keeps its own."""
        module = facet(op.kind, "kernel")
        known: tuple[str, ...] = getattr(module, "ARITHMETIC", ())
        wanted = [name for name in known if name in self.arithmetic] or known
        for kernel in module.candidates(op, source, self.banks, self.family):
            if not known or kernel.arithmetic in wanted:
                yield kernel

    def _fused(self, op: Op, source: StreamType, after: Op) -> Iterator[Kernel]:
        fuse: Callable[[Kernel, Op], Kernel | None] | None = getattr(facet(op.kind, "kernel"), "fuse", None)
        for item in self.kernels(op, source) if fuse else ():
            kernel = fuse(item.kernel, after) if fuse else None
            if kernel is not None:
                yield kernel


def repack(source: StreamType, lanes: int) -> Kernel:
    """The adapter to `lanes` lanes; its FIFO is sized by a later pass."""
    build: Any = kernel_class(ADAPTER)
    kernel: Kernel = build(op=None, source=source, lanes=lanes, fifo=-(-source.lanes // lanes) + 3)
    return kernel


def crossing(source: StreamType, leaves: int, enters: int) -> Kernel:
    """The way from super logic region `leaves` into `enters`, with a FIFO that holds what is in flight."""
    build: Any = kernel_class(CROSSING)
    kernel: Kernel = build(op=None, source=source, leaves=leaves, enters=enters, fifo=1)
    return kernel

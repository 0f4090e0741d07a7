"""Pass: the depth of every output FIFO, so that the chain is as fast as its busiest kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.core import simulate_core
from speckleforge.ir.cycles import CycleReport, simulate, timing_of
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.timing import Step, Timing
from speckleforge.layers.blocks import fifo, memory_cost
from speckleforge.lower.draft import Draft
from speckleforge.lower.request import Board

DEEP = 1 << 12  # words: more than any burst


@dataclass(frozen=True)
class SizeFifos:
    """Start from the candidates' depth, which holds what each kernel has in flight; deepen where bursts would slow the
    chain.

    With input at the even pace of the busiest kernel, FIFOs fill only by bursts. Depths that hold those never stop that
    pace; and as words that come earlier never make others later, the same depths keep the interval for any input that
    is as fast. From there each FIFO goes back as far as the chain stays as fast, where that saves memory.

    Attributes
    ----------
    frames
        Frames that the cycle model runs without a gap.
    halvings
        How often the way back of a FIFO is halved.
    saving
        LUTs that a shallower FIFO must save to be tried.
    """

    frames: int = 3
    halvings: int = 3
    saving: int = 24

    @property
    def name(self) -> str:
        """Name in errors."""
        return "fifo"

    def run(self, draft: Draft) -> Draft:
        """New depths, and the cycles of the chain with them."""
        least = [item.kernel for item in draft.instances]
        busiest = max(kernel.interval_cycles for kernel in least)
        sized, cycles = self._sized(least, busiest, draft)
        limit = draft.hardware.interval_cycles
        if limit is not None and cycles.interval_cycles > limit:
            raise DesignError(
                Problem("FIFOs slow the chain", got=f"{cycles.interval_cycles} cycles", allowed=f"{limit}")
            )
        instances = [replace(item, kernel=k) for item, k in zip(draft.instances, sized, strict=True)]
        return replace(draft, instances=tuple(instances), cycles=cycles)

    def _sized(self, least: list[Kernel], interval: int, draft: Draft) -> tuple[list[Kernel], CycleReport]:
        interface, family = draft.board.interface, draft.board.family
        cycles = simulate_core(least, self.frames, interface=interface)
        if _fast(cycles, interval, draft.hardware.latency_cycles):
            return least, cycles
        pacer = cast(Kernel, Pacer(least[0].source.words, interval))  # the cycle model asks for its timing only
        fill = simulate([pacer, *deepened(least)], self.frames).fifo_high_water[1:]
        # One word is stored for a cycle in any case: what is in flight counts it.
        chain = [with_depth(k, flight_words(k) + words - 1) for k, words in zip(least, fill, strict=True)]
        best = simulate_core(chain, self.frames, interface=interface)
        for index in sorted(range(len(chain)), key=lambda i: _luts(least[i], family) - _luts(chain[i], family)):
            chain, best = self._shallower(chain, best, index, _depth(least[index]), draft.board)
        return chain, best

    def _shallower(
        self, chain: list[Kernel], best: CycleReport, index: int, depth: int, board: Board
    ) -> tuple[list[Kernel], CycleReport]:
        """One FIFO of the chain as shallow as it may be, `depth` words at least, found by halving the way there."""
        low, high = depth, _depth(chain[index])
        for _ in range(self.halvings):
            tried = [*chain[:index], with_depth(chain[index], depth), *chain[index + 1 :]]
            if _luts(chain[index], board.family) - _luts(tried[index], board.family) < self.saving:
                break
            cycles = simulate_core(tried, self.frames, interface=board.interface)
            if cycles.interval_cycles <= best.interval_cycles and cycles.latency_cycles <= best.latency_cycles:
                chain, best, high = tried, cycles, depth
            else:
                low = depth
            depth = (low + high) // 2
        return chain, best


@dataclass(frozen=True)
class Pacer:
    """Stands before the first kernel in the cycle model and gives a frame's words evenly over `interval` cycles."""

    words: int
    interval: int

    @property
    def timing(self) -> Timing:
        """A word a step; the remainder of the division is spread."""
        at = [word * self.interval // self.words for word in range(self.words + 1)]
        return Timing(tuple(Step(True, max(b - a, 1), 1) for a, b in pairwise(at)), 0, DEEP)


def _fast(cycles: CycleReport, interval: int, latency: int | None) -> bool:
    return cycles.interval_cycles <= interval and (latency is None or cycles.latency_cycles <= latency)


def _luts(kernel: Kernel, family: str) -> int:
    """LUTs of an output FIFO."""
    return memory_cost([fifo(kernel.sink.word_bits, _depth(kernel))], family).lutram if _depth(kernel) else 0


def flight_words(kernel: Kernel) -> int:
    """FIFO depth that never slows a kernel whose consumer is always ready: the most words promised or stored."""
    timing = timing_of(kernel)
    clock, promised, popped, need = 0, 0, 0, _depth(kernel)
    pops: list[int] = []  # cycles in which words are taken
    for step in timing.steps * (2 + timing.delay // timing.interval_cycles):
        if step.emits:
            while popped < len(pops) and pops[popped] + timing.credit < clock:
                popped += 1
            need = max(need, promised - popped + timing.reserve)
            promised += step.emits
            first = clock + timing.delay + 1
            for word in range(step.emits):
                pops.append(max(first + word, pops[-1] + 1 if pops else 0))
        clock += step.busy
    return need


def deepened(kernels: Sequence[Kernel]) -> list[Kernel]:
    """The kernels with FIFOs that never fill."""
    return [with_depth(kernel, DEEP) for kernel in kernels]


def with_depth(kernel: Kernel, words: int) -> Kernel:
    """The kernel with another FIFO depth; a kernel without a FIFO field as it is."""
    if not hasattr(kernel, "fifo") or kernel.fifo == words:
        return kernel
    values: dict[str, Any] = {"fifo": words}
    return replace(kernel, **values)


def _depth(kernel: Kernel) -> int:
    return int(getattr(kernel, "fifo", 0))

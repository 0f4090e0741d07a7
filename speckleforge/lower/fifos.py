"""Pass: the depth of every output FIFO, the least with which the chain is as fast as with endless ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from speckleforge.ir.cycles import CycleReport, simulate
from speckleforge.ir.kernel import Kernel
from speckleforge.lower.draft import Draft

DEEP = 1 << 12  # words: more than any burst


@dataclass(frozen=True)
class SizeFifos:
    """Start from the candidates' depth, which holds what each kernel has in flight; deepen only those that would slow the chain, by bisection.

    Attributes
    ----------
    frames
        Frames that the cycle model runs without a gap.
    """

    frames: int = 3

    @property
    def name(self) -> str:
        """Name in errors."""
        return "fifo"

    def run(self, draft: Draft) -> Draft:
        """New depths; the chain is unchanged otherwise."""
        least = [item.kernel for item in draft.instances]
        sized = self._sized(least)
        instances = [replace(item, kernel=k) for item, k in zip(draft.instances, sized, strict=True)]
        return replace(draft, instances=tuple(instances))

    def _sized(self, least: list[Kernel]) -> list[Kernel]:
        ideal = simulate(deepened(least), self.frames)
        if self._as_fast(least, ideal):
            return least
        deep = [with_depth(k, _depth(k) + full) for k, full in zip(least, ideal.fifo_high_water, strict=True)]
        for index, kernel in enumerate(least):
            deep[index] = self._shallowest(deep, index, _depth(kernel), ideal)
        return deep

    def _shallowest(self, chain: list[Kernel], index: int, low: int, ideal: CycleReport) -> Kernel:
        """The kernel at `index` with the least depth from `low` on that keeps the chain as fast."""
        high = _depth(chain[index])
        while low < high:
            middle = (low + high) // 2
            tried = [*chain[:index], with_depth(chain[index], middle), *chain[index + 1 :]]
            low, high = (low, middle) if self._as_fast(tried, ideal) else (middle + 1, high)
        return with_depth(chain[index], high)

    def _as_fast(self, chain: Sequence[Kernel], ideal: CycleReport) -> bool:
        found = simulate(chain, self.frames)
        return found.latency_cycles <= ideal.latency_cycles and found.interval_cycles <= ideal.interval_cycles


def deepened(kernels: Sequence[Kernel]) -> list[Kernel]:
    """The kernels with FIFOs that never fill."""
    return [with_depth(kernel, DEEP) for kernel in kernels]


def with_depth(kernel: Kernel, words: int) -> Kernel:
    """The kernel with another FIFO depth; a kernel without a FIFO field as it is."""
    if not hasattr(kernel, "fifo") or kernel.fifo == words:
        return kernel
    changed: Kernel = replace(kernel, **{"fifo": words})
    return changed


def _depth(kernel: Kernel) -> int:
    return int(getattr(kernel, "fifo", 0))

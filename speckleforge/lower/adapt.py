"""Pass: an adapter wherever a kernel's input stream is not what the kernel before gives, or lies in another region."""

from __future__ import annotations

from dataclasses import dataclass, replace

from speckleforge.ir.cycles import timing_of
from speckleforge.ir.design import Instance
from speckleforge.ir.kernel import Kernel
from speckleforge.lower.draft import Draft
from speckleforge.lower.fifos import flight_words, with_depth
from speckleforge.lower.stock import ADAPTER, CROSSING, crossing, repack

IN_FLIGHT = 2  # words between a step of an adapter and the consumer


@dataclass(frozen=True)
class InsertAdapters:
    """`crossing` where the chain leaves a super logic region, `repack` between kernels whose streams differ in lanes or
    offset; each kind is numbered along the chain.
    """

    @property
    def name(self) -> str:
        """Name in errors."""
        return "adapt"

    def run(self, draft: Draft) -> Draft:
        """Join all streams; what an adapter cannot mend the verifier refuses."""
        ways = {behind: (leaves, enters) for behind, leaves, enters in draft.crossings}
        chain: list[Instance] = []
        for item in draft.instances:
            if chain and chain[-1].kernel.sink != item.kernel.source:
                kernel = repack(chain[-1].kernel.sink, item.kernel.source.lanes)
                _append(chain, with_depth(kernel, timing_of(kernel).reserve + IN_FLIGHT), ADAPTER)
            chain.append(item)
            if item.name in ways:
                kernel = crossing(item.kernel.sink, *ways[item.name])
                _append(chain, with_depth(kernel, flight_words(kernel)), CROSSING)
        return replace(draft, instances=tuple(chain), joined=True)


def _append(chain: list[Instance], kernel: Kernel, kind: str) -> None:
    """Put an adapter behind the chain; it carries what the kernel before it does."""
    number = 1 + sum(item.kernel.kind == kind for item in chain)
    chain.append(Instance(f"{kind}_{number}", kernel, chain[-1].boundary))

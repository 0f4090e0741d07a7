"""Pass: an adapter wherever a kernel's input stream is not what the kernel before gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from speckleforge.ir.cycles import timing_of
from speckleforge.ir.design import Instance
from speckleforge.lower.draft import Draft
from speckleforge.lower.fifos import with_depth
from speckleforge.lower.options import ADAPTER, repack

IN_FLIGHT = 2  # words between a step of an adapter and the consumer


@dataclass(frozen=True)
class InsertAdapters:
    """`repack` between kernels whose streams differ in lanes or offset, named `repack_<n>` along the chain."""

    @property
    def name(self) -> str:
        """Name in errors."""
        return "adapt"

    def run(self, draft: Draft) -> Draft:
        """Join all streams; what an adapter cannot mend the verifier refuses."""
        chain: list[Instance] = []
        adapters = 0
        for item in draft.instances:
            if chain and chain[-1].kernel.sink != item.kernel.source:
                adapters += 1
                before = chain[-1]
                kernel = repack(before.kernel.sink, item.kernel.source.lanes)
                kernel = with_depth(kernel, timing_of(kernel).reserve + IN_FLIGHT)
                chain.append(Instance(f"{ADAPTER}_{adapters}", kernel, before.boundary))
            chain.append(item)
        return replace(draft, instances=tuple(chain), joined=True)

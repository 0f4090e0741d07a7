"""head as HLS C++: its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.head.kernel import HeadKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, Loops, tree


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """A loop over words and groups of slots, then one over the slots; the veto's products behind them."""
    assert isinstance(kernel, HeadKernel)
    features = kernel.source.lanes * kernel.source.channels
    return Loops(
        trips=(kernel.source.words * kernel.groups, kernel.op.slots),
        stages=READ_STAGES + 2 * PRODUCT_STAGES + tree(features),
        unrolled={"products": kernel.unroll_slots * features + features},
        partitions={
            "prototype": kernel.unroll_slots * features,
            "scores": kernel.groups * kernel.unroll_slots,
            "z": features,
        },
        multipliers=kernel.unroll_slots * features + features,
        loads=True,
    )

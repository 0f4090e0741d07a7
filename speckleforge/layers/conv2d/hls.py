"""conv2d as HLS C++: constants of `kernel.h`, its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.conv2d.kernel import Conv2dKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.window import window_constants, window_partitions


def constants(kernel: Kernel) -> dict[str, int]:
    """How the window is kept."""
    return window_constants(kernel.generics())


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, Conv2dKernel)
    lanes, parts = kernel.windows.lanes, -(-kernel.taps // kernel.unroll_taps)
    filters = kernel.groups * kernel.unroll_out
    pooled = kernel.pooled.sink
    along = tree(kernel.unroll_taps) + sum(tree(size) for size in kernel.pool)
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + PRODUCT_STAGES + along + REQUANTISE_STAGES,
        unrolled={
            "products": lanes * kernel.unroll_out * kernel.unroll_taps,
            "requantise": pooled.lanes * kernel.unroll_out,
        },
        partitions={
            "weight": kernel.unroll_out * kernel.unroll_taps,
            "bias": banks * filters,
            "shift": banks * filters,
            "operands": lanes * parts * kernel.unroll_taps,
            "sums": lanes * kernel.unroll_out,
            "held": pooled.words_per_row * kernel.groups * kernel.unroll_out * pooled.lanes,
            **window_partitions(kernel.walk),
        },
    )

"""depthwise2d as HLS C++: constants of `kernel.h`, its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.depthwise2d.kernel import Depthwise2dKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.window import window_constants, window_partitions


def constants(kernel: Kernel) -> dict[str, int]:
    """How the window is kept."""
    return window_constants(kernel.generics())


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, Depthwise2dKernel)
    lanes, parts = kernel.sink.lanes, -(-kernel.taps // kernel.unroll_taps)
    channels = kernel.groups * kernel.unroll_channels
    sums = lanes * kernel.unroll_channels
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + PRODUCT_STAGES + tree(kernel.unroll_taps) + REQUANTISE_STAGES,
        unrolled={"products": sums * kernel.unroll_taps, "requantise": sums},
        partitions={
            "weight": kernel.unroll_channels * kernel.unroll_taps,
            "bias": banks * channels,
            "shift": banks * channels,
            "operands": channels * lanes * parts * kernel.unroll_taps,
            "sums": sums,
            **window_partitions(kernel.walk),
        },
    )

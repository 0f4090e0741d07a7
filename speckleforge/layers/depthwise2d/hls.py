"""depthwise2d as HLS C++: constants of `kernel.h`, its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.depthwise2d.kernel import Depthwise2dKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.products import Products
from speckleforge.layers.hls.window import window_constants, window_partitions


def constants(kernel: Kernel) -> dict[str, int]:
    """How the window is kept and products are made."""
    assert isinstance(kernel, Depthwise2dKernel)
    return {**window_constants(kernel.generics()), "ARITHMETIC": _products(kernel).constant}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, Depthwise2dKernel)
    lanes, parts = kernel.sink.lanes, -(-kernel.taps // kernel.unroll_taps)
    channels = kernel.groups * kernel.unroll_channels
    sums, products = lanes * kernel.unroll_channels, _products(kernel)
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + PRODUCT_STAGES + tree(kernel.unroll_taps) + REQUANTISE_STAGES,
        unrolled={**products.unrolled, "requantise": sums},
        partitions={
            "weight": kernel.unroll_channels * kernel.unroll_taps,
            "bias": banks * channels,
            "shift": banks * channels,
            "operands": channels * lanes * parts * kernel.unroll_taps,
            "sums": sums,
            "results": channels * lanes,
            **window_partitions(kernel.walk),
        },
        multipliers=products.multipliers,
        loads=True,
    )


def _products(kernel: Depthwise2dKernel) -> Products:
    bits = max(kernel.source.element.bits, kernel.op.weights.bits)
    return Products(kernel.arithmetic, kernel.sink.lanes, kernel.unroll_channels * kernel.unroll_taps, bits)

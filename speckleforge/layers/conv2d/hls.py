"""conv2d as HLS C++: constants of `kernel.h`, its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.conv2d.kernel import Conv2dKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.products import Products
from speckleforge.layers.hls.window import window_constants, window_partitions


def constants(kernel: Kernel) -> dict[str, int]:
    """How the window is kept and products are made."""
    assert isinstance(kernel, Conv2dKernel)
    return {**window_constants(kernel.generics()), "ARITHMETIC": _products(kernel).constant}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, Conv2dKernel)
    lanes, parts = kernel.windows.lanes, -(-kernel.taps // kernel.unroll_taps)
    filters, products = kernel.groups * kernel.unroll_out, _products(kernel)
    pooled = kernel.pooled.sink
    held = {"held": pooled.words_per_row * filters * pooled.lanes} if kernel.pool[0] > 1 else {}
    along = tree(kernel.unroll_taps) + sum(tree(size) for size in kernel.pool)
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + PRODUCT_STAGES + along + REQUANTISE_STAGES,
        unrolled={**products.unrolled, "requantise": pooled.lanes * kernel.unroll_out},
        partitions={
            "weight": kernel.unroll_out * kernel.unroll_taps,
            "bias": banks * filters,
            "shift": banks * filters,
            "operands": lanes * parts * kernel.unroll_taps,
            "sums": lanes * kernel.unroll_out,
            "results": filters * pooled.lanes,
            **held,
            **window_partitions(kernel.walk),
        },
        multipliers=products.multipliers,
        loads=True,
    )


def _products(kernel: Conv2dKernel) -> Products:
    bits = max(kernel.source.element.bits, kernel.op.weights.bits)
    return Products(kernel.arithmetic, kernel.windows.lanes, kernel.unroll_out * kernel.unroll_taps, bits)

"""dense as HLS C++: its loops."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.dense.kernel import DenseKernel
from speckleforge.layers.hls import PRODUCT_STAGES, READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.products import Products


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """A loop over words, parts and groups, then one over the outputs."""
    assert isinstance(kernel, DenseKernel)
    bits = max(kernel.source.element.bits, kernel.op.weights.bits)
    products = Products(kernel.arithmetic, kernel.unroll_out, kernel.unroll_in, bits)
    return Loops(
        trips=(kernel.source.words * kernel.parts * kernel.groups, kernel.rounds),
        stages=READ_STAGES + max(PRODUCT_STAGES + tree(kernel.unroll_in), REQUANTISE_STAGES),
        unrolled={**products.unrolled, "requantise": kernel.unroll_requantise},
        partitions={
            "weight": kernel.unroll_in * kernel.unroll_out,
            "bias": banks * kernel.op.units,
            "shift": banks * kernel.op.units,
            "sums": kernel.groups * kernel.unroll_out,
            "features": kernel.parts * kernel.unroll_in,
        },
        multipliers=products.multipliers,
        loads=True,
    )

"""prelu as HLS C++: its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import PRODUCT_STAGES, REQUANTISE_STAGES, Loops
from speckleforge.layers.hls.per_word import elements, word_loops
from speckleforge.layers.prelu.kernel import PreluKernel


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the words of a frame."""
    assert isinstance(kernel, PreluKernel)
    return word_loops(
        kernel,
        PRODUCT_STAGES + REQUANTISE_STAGES,
        {"products": kernel.unroll, "requantise": kernel.unroll},
        {"results": -(-elements(kernel) // kernel.unroll) * kernel.unroll},
        multipliers=kernel.unroll,
        loads=True,
    )

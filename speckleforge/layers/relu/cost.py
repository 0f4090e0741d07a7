"""Predicted resources of `sf_relu`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import fifo, memory_cost
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.relu.kernel import ReluKernel


def terms(kernel: Kernel) -> Terms:
    """Bits of what it is made of: a gate a bit, and the FIFO."""
    assert isinstance(kernel, ReluKernel)
    return {
        "logic": {"words": kernel.sink.word_bits, "block": 1},
        "ff": {"words": kernel.sink.word_bits, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    assert isinstance(kernel, ReluKernel)
    luts, rams = memory_cost([fifo(kernel.sink.word_bits, kernel.fifo)], family)
    return predict(layer_fit("relu", family), terms(kernel), lutram=luts, bram=rams)

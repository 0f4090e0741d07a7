"""Predicted resources of `sf_relu`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.relu.kernel import ReluKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The output FIFO."""
    assert isinstance(kernel, ReluKernel)
    return (fifo(kernel.sink.word_bits, kernel.fifo),)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: a gate a bit, and the FIFO."""
    assert isinstance(kernel, ReluKernel)
    return {
        "logic": {"words": kernel.sink.word_bits, "block": 1},
        "ff": {"words": kernel.sink.word_bits, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("relu", family), terms(kernel, family), memory)

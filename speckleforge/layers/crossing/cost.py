"""Predicted resources of `sf_crossing`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost
from speckleforge.layers.crossing.kernel import CrossingKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The FIFO."""
    assert isinstance(kernel, CrossingKernel)
    return (fifo(kernel.source.word_bits, kernel.fifo),)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits that are registered on both sides: the word with its `first`, `last`, tag and `valid`."""
    assert isinstance(kernel, CrossingKernel)
    return {"logic": {"block": 1}, "ff": {"word_bits": 2 * (kernel.source.word_bits + 11), "block": 1}}


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("crossing", family), terms(kernel, family), memory)

"""Predicted resources of `sf_maxpool2d`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import SMALL_LINES, Memory, fifo, memory_cost
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.maxpool2d.kernel import MaxPool2dKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """Line buffer and output FIFO."""
    assert isinstance(kernel, MaxPool2dKernel)
    lines = Memory(1, (kernel.op.size[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    return lines, fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, MaxPool2dKernel)
    op, source, sink = kernel.op, kernel.source, kernel.sink
    rows, columns = op.size
    compared = source.word_bits * (rows - 1) + sink.word_bits * (columns - 1)
    history = (columns - 1 + source.lanes) * source.channels * source.element.bits
    return {
        "logic": {"compare_bits": compared, "words": source.word_bits, "block": 1},
        "ff": {"window_bits": source.word_bits * rows + history, "compare_bits": compared, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("maxpool2d", family), terms(kernel, family), memory)

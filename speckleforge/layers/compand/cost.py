"""Predicted resources of `sf_compand`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, tree_bits
from speckleforge.layers.compand.kernel import CompandKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The output FIFO."""
    assert isinstance(kernel, CompandKernel)
    return (fifo(kernel.sink.word_bits, kernel.fifo),)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: a comparator for each threshold and element, a counter tree for each element."""
    assert isinstance(kernel, CompandKernel)
    elements = kernel.source.lanes * kernel.source.channels
    thresholds, bits = kernel.op.out.max, kernel.source.element.bits
    counted = elements * tree_bits(thresholds, 1)
    table = thresholds * (bits + 1)
    return {
        "logic": {
            "compare_bits": elements * thresholds * (bits + 1),
            "count_bits": counted,
            "table_bits": table,
            "block": 1,
        },
        "ff": {"element_bits": elements * (bits + thresholds), "count_bits": counted, "table_bits": table, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("compand", family), terms(kernel, family), memory)

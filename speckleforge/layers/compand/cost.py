"""Predicted resources of `sf_compand`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import fifo, memory_cost, tree_bits
from speckleforge.layers.compand.kernel import CompandKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def terms(kernel: Kernel) -> Terms:
    """Bits of what it is made of: a comparator for each threshold and element, a counter tree for each element."""
    assert isinstance(kernel, CompandKernel)
    elements = kernel.source.lanes * kernel.source.channels
    thresholds, bits = kernel.op.out.max, kernel.source.element.bits
    counted = elements * tree_bits(thresholds, 1)
    table = thresholds * (bits + 1)
    return {
        "logic": {"compare_bits": elements * thresholds * (bits + 1), "count_bits": counted, "table_bits": table, "block": 1},
        "ff": {"element_bits": elements * (bits + thresholds), "count_bits": counted, "table_bits": table, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    assert isinstance(kernel, CompandKernel)
    luts, rams = memory_cost([fifo(kernel.sink.word_bits, kernel.fifo)], family)
    return predict(layer_fit("compand", family), terms(kernel), lutram=luts, bram=rams)

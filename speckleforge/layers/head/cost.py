"""Predicted resources of `sf_head`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, memory_cost, tree_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.head.kernel import HeadKernel


def memories(kernel: HeadKernel, banks: int) -> tuple[Memory, ...]:
    """The prototypes: one memory for all slots of a group, with an enable for each element."""
    elements = kernel.source.lanes * kernel.source.channels
    width = kernel.unroll_slots * elements * kernel.op.prototypes.bits
    return (Memory(1, width, kernel.source.words * kernel.groups * banks, 0),)


def terms(kernel: Kernel) -> Terms:
    """Bits of what it is made of; the decision takes a fixed amount and some for each slot."""
    assert isinstance(kernel, HeadKernel)
    op, source = kernel.op, kernel.source
    elements, units = source.lanes * source.channels, kernel.unroll_slots
    product_bits = source.element.bits + op.prototypes.bits
    trees = units * tree_bits(elements, product_bits) + tree_bits(elements, 2 * source.element.bits)
    score_bits = op.score(kernel.tensor).bits
    products = units * elements * product_bits + elements * 2 * source.element.bits
    return {
        "logic": {"add_bits": trees + units * score_bits, "score_bits": op.slots * score_bits, "block": 1},
        "ff": {
            "sum_bits": products + trees,
            "score_bits": op.slots * score_bits,
            "record_bits": 32 * op.slots,
            "word_bits": source.word_bits,
            "block": 1,
        },
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; a multiplier for each product and each square."""
    assert isinstance(kernel, HeadKernel)
    luts, rams = memory_cost(memories(kernel, banks), family)
    multipliers = kernel.source.lanes * kernel.source.channels * (kernel.unroll_slots + 1)
    return predict(layer_fit("head", family), terms(kernel), lutram=luts, dsp=multipliers, bram=rams)

"""Predicted resources of `sf_head`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, memory_cost, soft, soft_bits, tree_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.head.kernel import HeadKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The prototypes: one memory for all slots of a group, with an enable for each element."""
    assert isinstance(kernel, HeadKernel)
    elements = kernel.source.lanes * kernel.source.channels
    width = kernel.unroll_slots * elements * kernel.op.prototypes.bits
    return (Memory(1, width, kernel.source.words * kernel.groups * banks, 0),)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of; the decision takes a fixed amount and some for each slot."""
    assert isinstance(kernel, HeadKernel)
    op, source = kernel.op, kernel.source
    elements, units = source.lanes * source.channels, kernel.unroll_slots
    product_bits = source.element.bits + op.prototypes.bits
    trees = units * tree_bits(elements, product_bits) + tree_bits(elements, 2 * source.element.bits)
    score_bits = op.score(kernel.tensor).bits
    summands = units * elements * product_bits + elements * 2 * source.element.bits
    return {
        "logic": {
            "add_bits": trees + units * score_bits,
            "score_bits": op.slots * score_bits,
            "block": 1,
            "soft_product_bits": soft_bits(products(kernel), source.element.bits, op.prototypes.bits, family),
        },
        "ff": {
            "sum_bits": summands + trees,
            "score_bits": op.slots * score_bits,
            "record_bits": 32 * op.slots,
            "word_bits": source.word_bits,
            "block": 1,
        },
    }


def products(kernel: Kernel) -> int:
    """Products in one cycle: the slots' and the squares."""
    assert isinstance(kernel, HeadKernel)
    return kernel.source.lanes * kernel.source.channels * (kernel.unroll_slots + 1)


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, HeadKernel)
    return 0 if soft(kernel.source.element.bits, kernel.op.prototypes.bits, family) else products(kernel)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; a multiplier for each product and each square."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("head", family), terms(kernel, family), memory, multipliers(kernel, family))

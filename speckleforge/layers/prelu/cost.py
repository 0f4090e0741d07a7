"""Predicted resources of `sf_prelu`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, requantise_bits, soft, soft_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.prelu.kernel import PreluKernel
from speckleforge.layers.rtl import requantise_stages


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The output FIFO; slope and shift are registers."""
    assert isinstance(kernel, PreluKernel)
    return (fifo(kernel.sink.word_bits, kernel.fifo),)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: requantisers, what passes beside them, the word in parts."""
    assert isinstance(kernel, PreluKernel)
    slope, shift = kernel.op.parameters(kernel.tensor)
    bits, acc_bits = kernel.source.element.bits, kernel.op.product(kernel.tensor).bits
    shifter = kernel.unroll * requantise_bits(acc_bits, shift.type.bits)
    passing = kernel.unroll * bits * (requantise_stages(shift.type.bits) + 1)
    later = kernel.source.word_bits - kernel.unroll * bits
    return {
        "logic": {
            "requantise_bits": shifter + 2 * kernel.unroll * acc_bits,
            "soft_product_bits": soft_bits(kernel.unroll, bits, slope.type.bits, family),
            "word_bits": kernel.source.word_bits,
            "later_bits": later,
            "block": 1,
        },
        "ff": {
            "sum_bits": shifter + kernel.unroll * (2 * acc_bits + bits),
            "passing_bits": passing,
            "word_bits": kernel.source.word_bits,
            "later_bits": later,
            "slope_bits": slope.type.bits + shift.type.bits,
            "block": 1,
        },
    }


def products(kernel: Kernel) -> int:
    """Products in one cycle."""
    assert isinstance(kernel, PreluKernel)
    return kernel.unroll


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, PreluKernel)
    return 0 if soft(kernel.source.element.bits, kernel.op.slopes.bits, family) else products(kernel)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("prelu", family), terms(kernel, family), memory, multipliers(kernel, family))

"""Predicted resources of `sf_conv2d`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import (
    SMALL_LINES,
    Memory,
    fifo,
    memory_cost,
    requantise_bits,
    soft,
    soft_bits,
    tree_bits,
)
from speckleforge.layers.conv2d.kernel import Conv2dKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Weights (one memory for each multiplier position), biases and shifts, line buffer, output FIFO."""
    assert isinstance(kernel, Conv2dKernel)
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    groups = -(-kernel.op.filters // kernel.unroll_out)
    yield Memory(kernel.unroll_out * kernel.unroll_taps, weight.type.bits, kernel.phases * banks)
    yield Memory(kernel.unroll_out, bias.type.bits, groups * banks)
    yield Memory(kernel.unroll_out, shift.type.bits, groups * banks)
    yield Memory(1, (kernel.op.kernel[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, Conv2dKernel)
    op, source, lanes, taps = kernel.op, kernel.source, kernel.sink.lanes, kernel.unroll_taps
    weight, bias, shift = op.parameters(kernel.tensor)
    sums = lanes * kernel.unroll_out
    acc_bits, product_bits = op.acc(kernel.tensor).bits, source.element.bits + weight.type.bits
    tree = sums * tree_bits(taps, product_bits)
    shifter = sums * requantise_bits(acc_bits, shift.type.bits)
    operands = lanes * taps * source.element.bits
    columns = (op.kernel[1] - 1 + source.lanes) * source.channels * source.element.bits
    weights = kernel.unroll_out * (taps * weight.type.bits + bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": tree + sums * acc_bits,
            "requantise_bits": shifter + 2 * sums * acc_bits,
            "select_bits": operands * (-(-kernel.taps // taps) - 1),
            "multipliers": kernel.unroll_out * taps,
            "soft_product_bits": soft_bits(products(kernel), source.element.bits, weight.type.bits, family),
            "word_bits": kernel.sink.word_bits,
            "block": 1,
        },
        "ff": {
            "window_bits": source.word_bits * op.kernel[0] + op.kernel[0] * columns,
            "sum_bits": operands + weights + sums * (taps * product_bits + 2 * acc_bits + op.out.bits) + tree + shifter,
            "gathered_bits": kernel.sink.word_bits - sums * op.out.bits,
            "block": 1,
        },
    }


def products(kernel: Kernel) -> int:
    """Products in one cycle: all lanes, channels and taps."""
    assert isinstance(kernel, Conv2dKernel)
    return kernel.sink.lanes * kernel.unroll_out * kernel.unroll_taps


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, Conv2dKernel)
    return 0 if soft(kernel.source.element.bits, kernel.op.weights.bits, family) else products(kernel)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("conv2d", family), terms(kernel, family), memory, multipliers(kernel, family))

"""Predicted resources of `sf_depthwise2d`."""

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
from speckleforge.layers.depthwise2d.kernel import Depthwise2dKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Weights (one memory for each multiplier position), biases and shifts, line buffer, output FIFO."""
    assert isinstance(kernel, Depthwise2dKernel)
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    channels = kernel.unroll_channels
    yield Memory(channels * kernel.unroll_taps, weight.type.bits, kernel.phases * banks)
    yield Memory(channels, bias.type.bits, kernel.groups * banks)
    yield Memory(channels, shift.type.bits, kernel.groups * banks)
    yield Memory(1, (kernel.op.kernel[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, Depthwise2dKernel)
    op, source, channels, taps = kernel.op, kernel.source, kernel.unroll_channels, kernel.unroll_taps
    weight, bias, shift = op.parameters(kernel.tensor)
    sums, element = kernel.sink.lanes * channels, source.element.bits
    acc_bits, product_bits = op.acc(kernel.tensor).bits, element + weight.type.bits
    tree = sums * tree_bits(taps, product_bits)
    shifter = sums * requantise_bits(acc_bits, shift.type.bits)
    operands = sums * taps * element
    columns = (op.kernel[1] - 1 + source.lanes) * source.channels * element
    weights = channels * (taps * weight.type.bits + bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": tree + sums * acc_bits,
            "requantise_bits": shifter + 2 * sums * acc_bits,
            "select_bits": operands * (kernel.phases - 1),
            "positions": channels * taps,
            "soft_product_bits": soft_bits(products(kernel), element, weight.type.bits, family),
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
    assert isinstance(kernel, Depthwise2dKernel)
    return kernel.sink.lanes * kernel.unroll_channels * kernel.unroll_taps


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, Depthwise2dKernel)
    return 0 if soft(kernel.source.element.bits, kernel.op.weights.bits, family) else products(kernel)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("depthwise2d", family), terms(kernel, family), memory, multipliers(kernel, family))

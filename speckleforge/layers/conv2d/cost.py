"""Predicted resources of `sf_conv2d`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import SMALL_LINES, Memory, blocks, fifo, lutram, requantise_bits, tree_bits
from speckleforge.layers.conv2d.kernel import Conv2dKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Conv2dKernel, banks: int) -> Iterator[Memory]:
    """Weights (one memory for each multiplier position), biases and shifts, line buffer, output FIFO."""
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    groups = -(-kernel.op.filters // kernel.unroll_out)
    yield Memory(kernel.unroll_out * kernel.unroll_taps, weight.type.bits, kernel.phases * banks)
    yield Memory(kernel.unroll_out, bias.type.bits, groups * banks)
    yield Memory(kernel.unroll_out, shift.type.bits, groups * banks)
    yield Memory(1, (kernel.op.kernel[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str, banks: int) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, Conv2dKernel)
    op, source = kernel.op, kernel.source
    weight, bias, shift = op.parameters(kernel.tensor)
    lanes = kernel.sink.lanes
    sums = lanes * kernel.unroll_out
    taps, acc_bits = kernel.unroll_taps, op.acc(kernel.tensor).bits
    product_bits = source.element.bits + weight.type.bits
    folds = -(-kernel.taps // taps)
    tree = sums * tree_bits(taps, product_bits)
    shifter = sums * requantise_bits(acc_bits, shift.type.bits)
    columns = (op.kernel[1] - 1 + source.lanes) * source.channels * source.element.bits
    gathered = kernel.sink.word_bits - lanes * kernel.unroll_out * op.out.bits
    return {
        "lut": {
            "add_bits": tree + sums * acc_bits,
            "requantise_bits": shifter + 2 * sums * acc_bits,
            "select_bits": lanes * taps * source.element.bits * (folds - 1),
            "multipliers": kernel.unroll_out * taps,
            "words": kernel.sink.word_bits,
            "block": 1,
        },
        "lutram": {"luts": lutram(memories(kernel, banks), family)},
        "ff": {
            "window_bits": source.word_bits * (1 + (op.kernel[0] - 1)) + op.kernel[0] * columns,
            "operand_bits": lanes * taps * source.element.bits
            + kernel.unroll_out * (taps * weight.type.bits + bias.type.bits + shift.type.bits),
            "sum_bits": sums * taps * product_bits + tree + sums * acc_bits + shifter + sums * (acc_bits + op.out.bits),
            "gathered_bits": gathered,
            "block": 1,
        },
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    assert isinstance(kernel, Conv2dKernel)
    multipliers = kernel.sink.lanes * kernel.unroll_out * kernel.unroll_taps
    block_rams = blocks(memories(kernel, banks), family)
    return predict(layer_fit("conv2d", family), terms(kernel, family, banks), dsp=multipliers, bram=block_rams)

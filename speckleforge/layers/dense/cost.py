"""Predicted resources of `sf_dense`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, blocks, fifo, lutram, requantise_bits, tree_bits
from speckleforge.layers.dense.kernel import DenseKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: DenseKernel, banks: int) -> Iterator[Memory]:
    """Weights (one memory for each multiplier), biases and shifts, accumulators of the groups, output FIFO."""
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    phases = kernel.source.words * kernel.parts * kernel.groups
    yield Memory(kernel.unroll_in * kernel.unroll_out, weight.type.bits, phases * banks)
    yield Memory(kernel.unroll_out, bias.type.bits, kernel.groups * banks)
    yield Memory(kernel.unroll_out, shift.type.bits, kernel.groups * banks)
    yield Memory(1, kernel.unroll_out * kernel.op.acc(kernel.tensor).bits, kernel.groups)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str, banks: int) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, DenseKernel)
    op, source = kernel.op, kernel.source
    weight, bias, shift = op.parameters(kernel.tensor)
    inputs, outputs = kernel.unroll_in, kernel.unroll_out
    acc_bits, product_bits = op.acc(kernel.tensor).bits, source.element.bits + weight.type.bits
    tree = outputs * tree_bits(inputs, product_bits)
    shifter = outputs * requantise_bits(acc_bits, shift.type.bits)
    return {
        "lut": {
            "add_bits": tree + outputs * acc_bits,
            "requantise_bits": shifter + 2 * outputs * acc_bits,
            "select_bits": inputs * source.element.bits * (kernel.parts - 1),
            "multipliers": inputs * outputs,
            "block": 1,
        },
        "lutram": {"luts": lutram(memories(kernel, banks), family)},
        "ff": {
            "word_bits": source.word_bits,
            "operand_bits": inputs * source.element.bits
            + outputs * (inputs * weight.type.bits + bias.type.bits + shift.type.bits),
            "sum_bits": inputs * outputs * product_bits + tree + shifter + outputs * (2 * acc_bits + op.out.bits),
            "block": 1,
        },
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    assert isinstance(kernel, DenseKernel)
    multipliers = kernel.unroll_in * kernel.unroll_out
    block_rams = blocks(memories(kernel, banks), family)
    return predict(layer_fit("dense", family), terms(kernel, family, banks), dsp=multipliers, bram=block_rams)

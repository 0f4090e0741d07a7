"""Predicted resources of `sf_dense`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, requantise_bits, tree_bits
from speckleforge.layers.dense.kernel import DenseKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: DenseKernel, banks: int) -> Iterator[Memory]:
    """Weights (one memory for each multiplier), biases and shifts, output FIFO."""
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    outputs, groups = kernel.unroll_out, kernel.groups
    yield Memory(kernel.unroll_in * outputs, weight.type.bits, kernel.source.words * kernel.parts * groups * banks)
    yield Memory(outputs, bias.type.bits, groups * banks)
    yield Memory(outputs, shift.type.bits, groups * banks)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, DenseKernel)
    op, source, inputs, outputs = kernel.op, kernel.source, kernel.unroll_in, kernel.unroll_out
    weight, bias, shift = op.parameters(kernel.tensor)
    acc_bits, product_bits = op.acc(kernel.tensor).bits, source.element.bits + weight.type.bits
    tree = outputs * tree_bits(inputs, product_bits)
    shifter = outputs * requantise_bits(acc_bits, shift.type.bits)
    operands = inputs * source.element.bits
    ring = outputs * (kernel.groups - 1) * acc_bits  # accumulators of the other groups
    weights = outputs * (inputs * weight.type.bits + bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": tree + outputs * acc_bits,
            "requantise_bits": shifter + 2 * outputs * acc_bits,
            "select_bits": operands * (kernel.parts - 1),
            "multipliers": inputs * outputs,
            "ring_bits": ring,
            "block": 1,
        },
        "ff": {
            "word_bits": source.word_bits,
            "ring_bits": ring,
            "sum_bits": operands + weights + outputs * (inputs * product_bits + 2 * acc_bits + op.out.bits) + tree + shifter,
            "block": 1,
        },
    }


def multipliers(kernel: Kernel) -> int:
    """Features times outputs that multiply in one cycle."""
    assert isinstance(kernel, DenseKernel)
    return kernel.unroll_in * kernel.unroll_out


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    assert isinstance(kernel, DenseKernel)
    luts, rams = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("dense", family), terms(kernel), lutram=luts, dsp=multipliers(kernel), bram=rams)

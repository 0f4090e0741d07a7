"""Predicted resources of `sf_dense`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, requantise_bits, soft, soft_bits, tree_bits, weights
from speckleforge.layers.dense.kernel import DenseKernel
from speckleforge.layers.fitted import Terms, layer_fit, predict

RING_GROUPS = 4  # accumulators of fewer groups go round in registers; of more they are a memory


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Weights of all products, biases and shifts, totals where many groups share an adder, output FIFO."""
    assert isinstance(kernel, DenseKernel)
    weight, bias, shift = kernel.op.parameters(kernel.tensor)
    groups, lanes, rounds = kernel.groups, kernel.unroll_requantise, kernel.rounds
    yield weights(products(kernel), weight.type.bits, kernel.source.words * kernel.parts * groups * banks)
    yield Memory(lanes, bias.type.bits, rounds * banks)
    yield Memory(lanes, shift.type.bits, rounds * banks)
    if groups >= RING_GROUPS:
        yield Memory(kernel.unroll_out, kernel.op.acc(kernel.tensor).bits, groups)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, DenseKernel)
    op, source, inputs, outputs = kernel.op, kernel.source, kernel.unroll_in, kernel.unroll_out
    weight, bias, shift = op.parameters(kernel.tensor)
    acc_bits, product_bits = op.acc(kernel.tensor).bits, source.element.bits + weight.type.bits
    tree = outputs * tree_bits(inputs, product_bits)
    shifter = outputs * requantise_bits(acc_bits, shift.type.bits)
    operands = inputs * source.element.bits
    ring = outputs * (kernel.groups - 1) * acc_bits if kernel.groups < RING_GROUPS else 0
    weights = outputs * (inputs * weight.type.bits + bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": tree + outputs * acc_bits,
            "requantise_bits": shifter + 2 * outputs * acc_bits,
            "select_bits": operands * (kernel.parts - 1),
            "multipliers": inputs * outputs,
            "soft_product_bits": soft_bits(inputs * outputs, source.element.bits, weight.type.bits, family),
            "ring_bits": ring,
            "block": 1,
        },
        "ff": {
            "word_bits": source.word_bits,
            "ring_bits": ring,
            "sum_bits": operands
            + weights
            + outputs * (inputs * product_bits + 2 * acc_bits + op.out.bits)
            + tree
            + shifter,
            "block": 1,
        },
    }


def products(kernel: Kernel) -> int:
    """Products in one cycle: features times outputs."""
    assert isinstance(kernel, DenseKernel)
    return kernel.unroll_in * kernel.unroll_out


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, DenseKernel)
    return 0 if soft(kernel.source.element.bits, kernel.op.weights.bits, family) else products(kernel)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; one multiplier block a product."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("dense", family), terms(kernel, family), memory, multipliers(kernel, family))

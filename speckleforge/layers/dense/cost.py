"""Predicted resources of `sf_dense`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import (
    SHIFT_LEAST,
    Memory,
    fifo,
    memory_cost,
    requantise_bits,
    shift_registers,
    weights,
)
from speckleforge.layers.dense.kernel import DenseKernel
from speckleforge.layers.dots import Dots
from speckleforge.layers.fitted import Terms, layer_fit, predict

RING_GROUPS = 4  # accumulators of fewer groups go round in registers; of more they are a memory
TOTAL_LUTS = {"ecp5": 2, "ultrascale": 1}  # of a bit of an accumulator: its mask before, or in, the adder
FLAGS = 2  # of a phase, and of a group or row, that wait for the sums


def dots_of(kernel: Kernel) -> Dots:
    """The dot products of one cycle: all outputs with the same features."""
    assert isinstance(kernel, DenseKernel)
    bits, weight_bits = kernel.source.element.bits, kernel.op.weights.bits
    return Dots(kernel.arithmetic, 1, 1, kernel.unroll_out, kernel.unroll_in, bits, weight_bits)


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Weights of all products, biases and shifts, totals where many groups share an adder, output FIFO."""
    assert isinstance(kernel, DenseKernel)
    _, bias, shift = kernel.op.parameters(kernel.tensor)
    groups, lanes, rounds, dots = kernel.groups, kernel.unroll_requantise, kernel.rounds, dots_of(kernel)
    yield _weights(kernel, banks)
    if kernel.arithmetic == "mul":
        yield from (memory for memory in dots.memories(banks, 1) if not memory.ports)  # what waits in the adder tree
    for bits, registers in _entering(dots):
        yield shift_registers(bits if registers >= SHIFT_LEAST else 0)
    yield Memory(lanes, bias.type.bits, rounds * banks)
    yield Memory(lanes, shift.type.bits, rounds * banks)
    if groups >= RING_GROUPS:
        yield Memory(kernel.unroll_out, kernel.op.acc(kernel.tensor).bits, groups)
    yield fifo(kernel.sink.word_bits, kernel.fifo)
    yield shift_registers(_travel_bits(kernel, banks))


def _weights(kernel: DenseKernel, banks: int) -> Memory:
    depth = kernel.source.words * kernel.parts * kernel.groups * banks
    return weights(kernel.unroll_in * kernel.unroll_out, kernel.op.weights.bits, depth)


def _travel_bits(kernel: DenseKernel, banks: int) -> int:
    """Bits in shift registers: an element on its way to a memory; tag, flags and group until the sums are there."""
    element = max(parameter.type.bits for parameter in kernel.op.parameters(kernel.tensor))
    phase = 8 + (banks > 1) + FLAGS
    if kernel.drained:
        return element + phase + 8 + FLAGS
    return element + phase + ((kernel.groups - 1).bit_length() + FLAGS if kernel.groups > 1 else 0)


def _entering(dots: Dots) -> Iterator[tuple[int, int]]:
    """(bits, registers in a row) of features and of weights before their units, tap by tap."""
    for cycles in dots.waits:
        yield dots.bits, 2 + cycles
        yield dots.outputs * dots.weight_bits, 1 + cycles


def _entering_bits(dots: Dots) -> int:
    """Registers among them: a shift register of LUTs has none."""
    every = dots.arithmetic == "mul"
    return sum(bits * row for bits, row in _entering(dots) if every or row < SHIFT_LEAST)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, DenseKernel)
    op, dots, lanes = kernel.op, dots_of(kernel), kernel.unroll_requantise
    _, bias, shift = op.parameters(kernel.tensor)
    acc_bits = op.acc(kernel.tensor).bits
    totals = kernel.unroll_out * (kernel.total_bits if kernel.drained else acc_bits)
    held = kernel.rounds * lanes * kernel.total_bits if kernel.drained else 0
    ring = kernel.unroll_out * (kernel.groups - 1) * acc_bits if kernel.groups < RING_GROUPS else 0
    shifter = lanes * requantise_bits(acc_bits, shift.type.bits)
    operands, biased = kernel.unroll_in * kernel.source.element.bits, lanes * acc_bits if kernel.drained else 0
    summed = dots.add_bits + (dots.products * (dots.bits + dots.weight_bits) if kernel.arithmetic == "mul" else 0)
    parameters = lanes * (bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": dots.add_bits + biased + totals * TOTAL_LUTS[family],
            "held_bits": held,
            "requantise_bits": shifter + 2 * lanes * acc_bits,
            "select_bits": operands * (kernel.parts - 1),
            "positions": dots.positions,
            "soft_product_bits": dots.soft_bits(family),
            "deep_bits": 0,  # of the memories, whose depth depends on the banks
            "block": 1,
        },
        "ff": {
            "word_bits": operands * kernel.parts,
            "sum_bits": _entering_bits(dots) + summed + totals,
            "held_bits": held + ring,
            "requantise_bits": biased + parameters + shifter + lanes * (acc_bits + op.out.bits),
            "hot_bits": kernel.unroll_out + lanes + (kernel.rounds if kernel.drained else 0),
            "block": 1,
        },
    }


def products(kernel: Kernel) -> int:
    """Products in one cycle: features times outputs."""
    return dots_of(kernel).products


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    return dots_of(kernel).blocks(family)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("dense", family), terms(kernel, family), memory, multipliers(kernel, family))

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
    shift_registers,
    travel_bits,
)
from speckleforge.layers.conv2d.kernel import Conv2dKernel
from speckleforge.layers.dots import Dots
from speckleforge.layers.fitted import Terms, layer_fit, predict


def dots_of(kernel: Kernel) -> Dots:
    """The dot products of one cycle."""
    assert isinstance(kernel, Conv2dKernel)
    bits, weight_bits, lanes = kernel.source.element.bits, kernel.op.weights.bits, kernel.windows.lanes
    return Dots(kernel.arithmetic, kernel.group, lanes, kernel.unroll_out, kernel.unroll_taps, bits, weight_bits)


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Those of the dot products, biases and shifts, line buffer, row of the pool, output FIFO."""
    assert isinstance(kernel, Conv2dKernel)
    _, bias, shift = kernel.op.parameters(kernel.tensor)
    groups = kernel.groups
    yield from dots_of(kernel).memories(banks, kernel.phases)
    yield Memory(kernel.unroll_out, bias.type.bits, groups * banks)
    yield Memory(kernel.unroll_out, shift.type.bits, groups * banks)
    yield Memory(1, (kernel.op.kernel[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    if kernel.pool[0] > 1:
        yield Memory(1, kernel.sink.lanes * kernel.unroll_out * _pool_width(kernel), kernel.sink.words_per_row * groups)
    yield fifo(kernel.sink.word_bits, kernel.fifo)
    yield shift_registers(travel_bits(groups, kernel.phases // groups, banks))


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, Conv2dKernel)
    op, source, dots, lanes = kernel.op, kernel.source, dots_of(kernel), kernel.windows.lanes
    _, bias, shift = op.parameters(kernel.tensor)
    results, acc_bits = kernel.sink.lanes * kernel.unroll_out, op.acc(kernel.tensor).bits
    shifter = results * requantise_bits(acc_bits, shift.type.bits)
    totals = (results if kernel.bias_last else lanes * kernel.unroll_out) * acc_bits
    operands = lanes * kernel.unroll_taps * source.element.bits
    columns = (op.kernel[1] - 1 + source.lanes) * source.channels * source.element.bits
    parameters = kernel.unroll_out * (bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": dots.add_bits + totals,
            "fill_bits": dots.fill_bits,
            "requantise_bits": shifter + 2 * results * acc_bits,
            "select_bits": operands * (-(-kernel.taps // kernel.unroll_taps) - 1),
            "positions": dots.positions,
            "soft_product_bits": dots.soft_bits(family),
            "pool_bits": _pool_bits(kernel),
            "word_bits": kernel.sink.word_bits,
            "block": 1,
        },
        "ff": {
            "window_bits": source.word_bits * op.kernel[0] + op.kernel[0] * columns - _repeated_bits(kernel),
            "sum_bits": dots.register_bits + parameters + totals + results * (acc_bits + op.out.bits) + shifter,
            "pool_bits": _pool_bits(kernel),
            "gathered_bits": kernel.sink.word_bits - results * op.out.bits,
            "block": 1,
        },
    }


def _pool_width(kernel: Conv2dKernel) -> int:
    """Bits of the numbers that a pool compares."""
    if not kernel.bias_last:
        return kernel.op.acc(kernel.tensor).bits
    return kernel.source.element.bits + kernel.op.weights.bits + (kernel.unroll_taps - 1).bit_length()


def _pool_bits(kernel: Conv2dKernel) -> int:
    """Bits of the comparators of a pool."""
    rows, columns = kernel.pool
    along = min(columns - 1, 1) if kernel.windows.lanes == 1 else columns - 1
    return kernel.sink.lanes * kernel.unroll_out * _pool_width(kernel) * (along + (rows > 1))


def _repeated_bits(kernel: Conv2dKernel) -> int:
    """Operands that neighbouring lanes have in common, held once where all taps are computed at once."""
    if kernel.unroll_taps < kernel.taps:
        return 0
    lanes, (rows, columns), source = kernel.windows.lanes, kernel.op.kernel, kernel.source
    reach = min(lanes * columns, (lanes - 1) * kernel.walk.grid.lane_step + columns)
    return rows * (lanes * columns - reach) * source.channels * source.element.bits


def products(kernel: Kernel) -> int:
    """Products in one cycle: all lanes, channels and taps."""
    return dots_of(kernel).products


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    return dots_of(kernel).blocks(family)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("conv2d", family), terms(kernel, family), memory, multipliers(kernel, family))

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
    shift_registers,
    travel_bits,
)
from speckleforge.layers.depthwise2d.kernel import Depthwise2dKernel
from speckleforge.layers.dots import Dots
from speckleforge.layers.fitted import Terms, layer_fit, predict


def dots_of(kernel: Kernel) -> Dots:
    """The dot products of one channel."""
    assert isinstance(kernel, Depthwise2dKernel)
    bits, weight_bits, lanes = kernel.source.element.bits, kernel.op.weights.bits, kernel.sink.lanes
    window = (kernel.op.kernel[1], kernel.walk.grid.lane_step) if kernel.phases == 1 else (0, 0)
    return Dots(kernel.arithmetic, kernel.group, lanes, 1, kernel.unroll_taps, bits, weight_bits, *window)


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Those of the dot products, biases and shifts, line buffer, output FIFO."""
    assert isinstance(kernel, Depthwise2dKernel)
    _, bias, shift = kernel.op.parameters(kernel.tensor)
    channels = kernel.unroll_channels
    for memory in dots_of(kernel).memories(banks, kernel.phases):
        yield memory.times(channels)
    yield Memory(channels, bias.type.bits, kernel.groups * banks)
    yield Memory(channels, shift.type.bits, kernel.groups * banks)
    yield Memory(1, (kernel.op.kernel[0] - 1) * kernel.source.word_bits, kernel.walk.words, SMALL_LINES)
    yield fifo(kernel.sink.word_bits, kernel.fifo)
    yield shift_registers(travel_bits(kernel.groups, kernel.phases // kernel.groups, banks))


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, Depthwise2dKernel)
    op, source, channels, dots = kernel.op, kernel.source, kernel.unroll_channels, dots_of(kernel)
    _, bias, shift = op.parameters(kernel.tensor)
    sums, acc_bits = kernel.sink.lanes * channels, op.acc(kernel.tensor).bits
    shifter = sums * requantise_bits(acc_bits, shift.type.bits)
    columns = (op.kernel[1] - 1 + source.lanes) * source.channels * source.element.bits
    parameters = channels * (bias.type.bits + shift.type.bits)
    return {
        "logic": {
            "add_bits": channels * dots.add_bits + sums * acc_bits,
            "fill_bits": channels * dots.fill_bits,
            "requantise_bits": shifter + 2 * sums * acc_bits,
            "select_bits": sums * kernel.unroll_taps * source.element.bits * (kernel.phases - 1),
            "positions": channels * dots.positions,
            "soft_product_bits": channels * dots.soft_bits(family),
            "pad_bits": _pad_bits(kernel),
            "block": 1,
        },
        "ff": {
            "window_bits": source.word_bits * op.kernel[0] + op.kernel[0] * columns,
            "sum_bits": channels * dots.register_bits + parameters + sums * (2 * acc_bits + op.out.bits) + shifter,
            "gathered_bits": kernel.sink.word_bits - sums * op.out.bits,
            "block": 1,
        },
    }


def _pad_bits(kernel: Depthwise2dKernel) -> int:
    """Bits of a window that become padding at an edge."""
    rows, columns = kernel.op.kernel
    pads, word, column = kernel.walk.pads, kernel.source.word_bits, kernel.source.word_bits // kernel.source.lanes
    left, beyond = rows * (columns - 1) * column * (pads.left > 0), word * (pads.left + pads.right + pads.bottom > 0)
    return left + beyond + (rows - 1) * word * (pads.top > 0)


def products(kernel: Kernel) -> int:
    """Products in one cycle: all lanes, channels and taps."""
    assert isinstance(kernel, Depthwise2dKernel)
    return kernel.unroll_channels * dots_of(kernel).products


def multipliers(kernel: Kernel, family: str) -> int:
    """Multiplier blocks."""
    assert isinstance(kernel, Depthwise2dKernel)
    return kernel.unroll_channels * dots_of(kernel).blocks(family)


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("depthwise2d", family), terms(kernel, family), memory, multipliers(kernel, family))

"""Predicted resources of `sf_avgpool2d`."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.avgpool2d.kernel import AvgPool2dKernel
from speckleforge.layers.avgpool2d.walk import RunningWalk
from speckleforge.layers.blocks import SMALL_LINES, Memory, fifo, memory_cost, requantise_bits, tree_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict


def memories(kernel: Kernel, banks: int) -> Iterator[Memory]:
    """Shift, running sums or line buffer, output FIFO."""
    assert isinstance(kernel, AvgPool2dKernel)
    yield Memory(1, kernel.shift_bits, banks)
    walk = kernel.walk
    if not isinstance(walk, RunningWalk):
        yield Memory(1, (kernel.op.size[0] - 1) * kernel.source.word_bits, walk.words, SMALL_LINES)
    elif kernel.sink.words_per_row > 1:
        yield Memory(1, kernel.sums * kernel.acc_bits, kernel.sink.words_per_row)
    yield fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of."""
    assert isinstance(kernel, AvgPool2dKernel)
    acc, unroll, word = kernel.acc_bits, kernel.unroll, kernel.source.word_bits
    shifter = unroll * requantise_bits(acc, kernel.shift_bits)
    adders, held, waiting = _sums(kernel)
    return {
        "logic": {
            "add_bits": adders,
            "wait_bits": waiting,
            "requantise_bits": shifter + 2 * unroll * acc,
            "select_bits": unroll * acc * (kernel.phases - 1),
            "word_bits": word,
            "block": 1,
        },
        "ff": {
            "sum_bits": adders + held,
            "requantise_bits": shifter + unroll * (2 * acc + kernel.op.out.bits),
            "chosen_bits": unroll * (acc + (kernel.phases - 1) * kernel.op.out.bits) if kernel.phases > 1 else 0,
            "block": 1,
        },
    }


def _sums(kernel: AvgPool2dKernel) -> tuple[int, int, int]:
    """Bits of adders, of other registers of words, and of sums that wait in a memory."""
    source, (rows, columns), walk = kernel.source, kernel.op.size, kernel.walk
    term = source.element.bits + (not source.element.signed)
    if isinstance(walk, RunningWalk):
        total = kernel.sums * kernel.acc_bits
        waiting = total if kernel.sink.words_per_row > 1 else 0
        return kernel.sums * tree_bits(walk.span, term) + total, source.word_bits, waiting
    down = term + (rows - 1).bit_length()
    history = (columns - 1 + source.lanes) * source.channels * down
    adders = source.lanes * source.channels * tree_bits(rows, term) + kernel.sums * tree_bits(columns, down)
    return adders, source.word_bits * rows + history, 0


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; no multiplier block."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("avgpool2d", family), terms(kernel, family), memory)

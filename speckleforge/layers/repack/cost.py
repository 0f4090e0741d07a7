"""Predicted resources of `sf_repack`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.repack.kernel import RepackKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The output FIFO."""
    assert isinstance(kernel, RepackKernel)
    return (fifo(kernel.sink.word_bits, kernel.fifo),)


def choices(kernel: RepackKernel) -> tuple[int, int]:
    """Places in the buffer at which a word can begin, and how many (buffer column, lane of a word) meet there."""
    starts, done, offset = {0}, 0, kernel.source.offset
    for word, count in enumerate(kernel.completed):
        if word:
            starts.add(word * kernel.source.lanes - done * kernel.lanes)
        done += count
    lanes, end = kernel.source.lanes, offset + kernel.source.lanes + kernel.lanes - 1
    return len(starts), sum(max(0, min(start + lanes, end) - max(start, offset)) for start in starts)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: columns held back, and the multiplexers that put a word behind them."""
    assert isinstance(kernel, RepackKernel)
    column_bits = kernel.source.channels * kernel.source.element.bits
    held = (kernel.source.lanes + kernel.lanes - 1) * column_bits
    places, meetings = choices(kernel)
    return {
        "logic": {
            "held_bits": held,
            "placed_bits": held * (places - 1).bit_length(),
            "select_bits": (meetings - held // column_bits) * column_bits if places > 1 else 0,
            "block": 1,
        },
        "ff": {"held_bits": held, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("repack", family), terms(kernel, family), memory)

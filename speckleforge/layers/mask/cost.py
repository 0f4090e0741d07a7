"""Predicted resources of `sf_mask`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, pixel_counter_bits, row_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.mask.kernel import MaskKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The mask, a word for each word of a frame; the output FIFO."""
    assert isinstance(kernel, MaskKernel)
    return _pixels(kernel, banks), fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: a gate for each bit of the word, the word that the loader gathers, its counters."""
    assert isinstance(kernel, MaskKernel)
    counters = pixel_counter_bits(kernel.source)
    parts = {"word_bits": kernel.sink.word_bits, "counter_bits": counters, "block": 1}
    return {
        "logic": parts | {"row_bits": row_bits(_pixels(kernel, 1), family)},  # of one bank: terms know of no more
        "ff": parts | {"pixel_bits": _pixels(kernel, 1).width},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; no multipliers."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("mask", family), terms(kernel, family), memory)


def _pixels(kernel: MaskKernel, banks: int) -> Memory:
    """The memory of the pixels' parameters."""
    return Memory(1, kernel.source.lanes, kernel.source.words * banks)

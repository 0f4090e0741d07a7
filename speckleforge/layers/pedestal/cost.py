"""Predicted resources of `sf_pedestal`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import Memory, fifo, memory_cost, pixel_counter_bits, row_bits
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.pedestal.kernel import PedestalKernel


def memories(kernel: Kernel, banks: int) -> tuple[Memory, ...]:
    """The pedestal, a word for each word of a frame; the output FIFO."""
    assert isinstance(kernel, PedestalKernel)
    return _pixels(kernel, banks), fifo(kernel.sink.word_bits, kernel.fifo)


def terms(kernel: Kernel, family: str) -> Terms:
    """Bits of what it is made of: a subtracter for each element, the word that the loader gathers, its counters."""
    assert isinstance(kernel, PedestalKernel)
    counters = pixel_counter_bits(kernel.source)
    parts = {"word_bits": kernel.sink.word_bits, "counter_bits": counters, "block": 1}
    return {
        "logic": parts | {"row_bits": row_bits(_pixels(kernel, 1), family)},  # of one bank: terms know of no more
        "ff": parts | {"pixel_bits": _pixels(kernel, 1).width},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; no multipliers."""
    memory = memory_cost(memories(kernel, banks), family)
    return predict(layer_fit("pedestal", family), terms(kernel, family), memory)


def _pixels(kernel: PedestalKernel, banks: int) -> Memory:
    """The memory of the pixels' parameters."""
    return Memory(1, kernel.source.lanes * kernel.source.element.bits, kernel.source.words * banks)

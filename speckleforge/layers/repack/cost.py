"""Predicted resources of `sf_repack`."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import fifo, memory_cost
from speckleforge.layers.fitted import Terms, layer_fit, predict
from speckleforge.layers.repack.kernel import RepackKernel


def terms(kernel: Kernel) -> Terms:
    """Bits of what it is made of: columns held back, and the shifter that aligns them."""
    assert isinstance(kernel, RepackKernel)
    column_bits = kernel.source.channels * kernel.source.element.bits
    held = (kernel.source.lanes + kernel.lanes) * column_bits
    return {
        "logic": {"held_bits": held, "select_bits": held * (kernel.source.lanes + kernel.lanes).bit_length(), "block": 1},
        "ff": {"held_bits": held, "words": kernel.sink.word_bits, "block": 1},
    }


def cost(kernel: Kernel, family: str, banks: int) -> Resources:
    """Predicted resources on `ecp5` or `ultrascale`; neither multipliers nor block RAM."""
    assert isinstance(kernel, RepackKernel)
    luts, rams = memory_cost([fifo(kernel.sink.word_bits, kernel.fifo)], family)
    return predict(layer_fit("repack", family), terms(kernel), lutram=luts, bram=rams)

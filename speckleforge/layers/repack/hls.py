"""repack as HLS C++: its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import Loops
from speckleforge.layers.hls.per_word import word_loops
from speckleforge.layers.repack.kernel import RepackKernel


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the words of a frame."""
    assert isinstance(kernel, RepackKernel)
    held = kernel.source.lanes + kernel.lanes
    return word_loops(kernel, 1, {"choices": kernel.source.lanes + kernel.lanes}, {"held": held})

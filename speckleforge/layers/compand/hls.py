"""compand as HLS C++: its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import Loops, tree
from speckleforge.layers.hls.per_word import elements, word_loops


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the words of a frame."""
    levels = (1 << kernel.sink.element.bits) - 1
    partitions = {"threshold": banks * levels}
    return word_loops(kernel, tree(levels), {"comparisons": levels * elements(kernel)}, partitions, loads=True)

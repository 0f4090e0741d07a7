"""mask as HLS C++: its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import Loops
from speckleforge.layers.hls.per_word import elements, word_loops


def constants(kernel: Kernel) -> dict[str, int]:
    """None besides those of the SystemVerilog."""
    return {}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the words of a frame."""
    return word_loops(kernel, 0, {"choices": elements(kernel)}, {"pixels": kernel.source.lanes}, loads=True)

"""maxpool2d as HLS C++: constants of `kernel.h`, its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import READ_STAGES, Loops, tree
from speckleforge.layers.hls.window import window_constants, window_partitions
from speckleforge.layers.maxpool2d.kernel import MaxPool2dKernel


def constants(kernel: Kernel) -> dict[str, int]:
    """How the window is kept."""
    return window_constants(kernel.generics())


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, MaxPool2dKernel)
    rows, columns = kernel.op.size
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + tree(rows * columns),
        unrolled={"comparisons": kernel.sink.lanes * kernel.sink.channels * rows * columns},
        partitions=window_partitions(kernel.walk),
    )

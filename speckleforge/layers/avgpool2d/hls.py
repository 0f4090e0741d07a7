"""avgpool2d as HLS C++: constants of `kernel.h`, its loop."""

from __future__ import annotations

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.avgpool2d.kernel import AvgPool2dKernel
from speckleforge.layers.avgpool2d.walk import RunningWalk
from speckleforge.layers.hls import READ_STAGES, REQUANTISE_STAGES, Loops, tree
from speckleforge.layers.hls.window import window_constants, window_partitions

NO_WINDOW = {"PADDED": 0, "NARROW": 1}


def constants(kernel: Kernel) -> dict[str, int]:
    """Which form it has: windows that take parts of words, and how many words one takes (0: all of a row)."""
    assert isinstance(kernel, AvgPool2dKernel)
    walk, generics = kernel.walk, kernel.generics()
    if not isinstance(walk, RunningWalk):
        return {**window_constants({**generics, **walk.generics()}), "PARTIAL": 0, "WINDOW_WORDS": 0}
    partial = not walk.whole_windows
    return {**NO_WINDOW, "PARTIAL": int(partial), "WINDOW_WORDS": walk.word_step if partial and not walk.single else 0}


def loops(kernel: Kernel, banks: int) -> Loops:
    """One loop over the steps of a frame."""
    assert isinstance(kernel, AvgPool2dKernel)
    walk, elements = kernel.walk, kernel.op.size[0] * kernel.op.size[1]
    if isinstance(walk, RunningWalk):
        adders, memories = kernel.sums * walk.span, {"held": walk.sink.words_per_row * kernel.sums}
    else:
        adders, memories = kernel.sums * elements, window_partitions(walk)
    return Loops(
        trips=(kernel.interval_cycles,),
        stages=READ_STAGES + tree(adders // kernel.sums) + REQUANTISE_STAGES,
        unrolled={"additions": adders, "requantise": kernel.unroll},
        partitions={"sums": kernel.phases * kernel.unroll, "results": kernel.phases * kernel.unroll, **memories},
        loads=True,
    )

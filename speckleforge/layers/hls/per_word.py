"""Loops of HLS kernels that give a word for a word. Takes a kernel; gives its loops."""

from __future__ import annotations

from collections.abc import Mapping

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.hls import READ_STAGES, Loops


def word_loops(
    kernel: Kernel,
    stages: int,
    unrolled: Mapping[str, int],
    partitions: Mapping[str, int] | None = None,
    *,
    multipliers: int = 0,
    loads: bool = False,
) -> Loops:
    """One loop over the words of a frame; `stages` behind the read."""
    return Loops((kernel.interval_cycles,), READ_STAGES + stages, unrolled, partitions or {}, multipliers, loads)


def elements(kernel: Kernel) -> int:
    """Elements of an input word."""
    return kernel.source.lanes * kernel.source.channels

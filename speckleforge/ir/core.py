"""The whole core: the chain of kernels between ingress and egress. Takes kernels; gives cycles and its buffer's size.

Source: `emit/core/sf_ingress.sv`, `sf_guard.sv` and `sf_egress.sv`, one register each; every simulation of a core
compares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speckleforge.ir.cycles import CycleReport, simulate
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.stream import StreamType

INGRESS_CYCLES = 1  # where the core has a frame buffer and that is empty
GUARD_CYCLES = 1
EGRESS_CYCLES = 1
LAST_WORD_CYCLES = 2  # from a frame's last word at the guard to its record, at least: the egress waits for its end
FRAMES_IN_FLIGHT_BITS = 4  # the core holds at most 16 frames; a chain of kernels holds fewer
INGRESS_FRAMES = 2  # one that arrives while the chain still takes the one before
LEAST_INGRESS_WORDS = 512  # a block RAM holds as many in any case


def buffered(interface: str) -> bool:
    """True if the core has a frame buffer of its own and never makes its input wait; a serial link has one in front."""
    return interface == "stream"


def ingress_words(source: StreamType, hold_frames: int = 0) -> int:
    """Words of the frame buffer, a power of two.

    Parameters
    ----------
    source
        The stream that enters the first kernel.
    hold_frames
        Whole frame intervals for which the chain may stand still (`held_frames`).
    """
    words = (INGRESS_FRAMES + hold_frames) * source.words
    return max(LEAST_INGRESS_WORDS, 1 << (words - 1).bit_length())


def held_frames(kernels: Sequence[Kernel]) -> int:
    """Whole frame intervals that pass at most while kernels refill their tables, one after the other."""
    interval = max(kernel.interval_cycles for kernel in kernels)
    return sum(kernel.refill_cycles for kernel in kernels) // interval


def simulate_core(kernels: Sequence[Kernel], frames: int = 3, *, interface: str = "stream") -> CycleReport:
    """`ir.cycles.simulate` with ingress, guard and egress: from the core's first input word to its record.

    Parameters
    ----------
    kernels
        In order.
    frames
        As for `simulate`; offered without a gap: where the core has a frame buffer, whenever that has room.
    interface
        `uart` or `stream`, as in a design's settings.
    """
    report = simulate(kernels, frames)
    at_guard = _last_word(report, frames)
    before = INGRESS_CYCLES if buffered(interface) else 0
    latency = before + max(report.latency_cycles + GUARD_CYCLES + EGRESS_CYCLES, at_guard + LAST_WORD_CYCLES)
    last_word = len(report.input_cycles) // frames - 1 if buffered(interface) else at_guard
    return replace(report, latency_cycles=latency, after_last_word=latency - last_word)


def _last_word(report: CycleReport, frames: int) -> int:
    """Cycle in which the guard takes the first frame's last word: one after the kernel takes the word before it."""
    words = len(report.input_cycles) // frames
    return report.input_cycles[words - 2] + GUARD_CYCLES if words > 1 else 0

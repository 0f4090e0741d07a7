"""Cycles of the whole core: the chain of kernels between guard and egress. Takes kernels; gives what a user sees.

Source: `emit/core/sf_guard.sv` and `sf_egress.sv`, one register each; every simulation of a core compares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speckleforge.ir.cycles import CycleReport, simulate
from speckleforge.ir.kernel import Kernel

GUARD_CYCLES = 1
EGRESS_CYCLES = 1
LAST_WORD_CYCLES = 2  # from a frame's last word to its record, at least: the egress waits for how the frame ends
FRAMES_IN_FLIGHT_BITS = 4  # the core holds at most 16 frames; a chain of kernels holds fewer


def simulate_core(kernels: Sequence[Kernel], frames: int = 3) -> CycleReport:
    """`ir.cycles.simulate` with guard and egress: from the core's first input word to its record."""
    report = simulate(kernels, frames)
    last_word = _last_word(report, frames)
    latency = max(report.latency_cycles + GUARD_CYCLES + EGRESS_CYCLES, last_word + LAST_WORD_CYCLES)
    return replace(report, latency_cycles=latency, after_last_word=latency - last_word)


def _last_word(report: CycleReport, frames: int) -> int:
    """Cycle in which the guard takes the first frame's last word: one after the kernel takes the word before it."""
    words = len(report.input_cycles) // frames
    return report.input_cycles[words - 2] + GUARD_CYCLES if words > 1 else 0

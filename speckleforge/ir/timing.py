"""Timing of one kernel: what `ir/cycles.py` needs to know of it, exact to the cycle."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a kernel's control.

    Attributes
    ----------
    takes
        True if it accepts a word of the input; False for a flush step that padding needs.
    busy
        Cycles until the next step can follow.
    emits
        Output words that it produces.
    """

    takes: bool = True
    busy: int = 1
    emits: int = 0


@dataclass(frozen=True)
class Timing:
    """Control of a kernel over one frame.

    A step in cycle t happens as soon as the step before was `busy` cycles ago, its input word is offered, and, where it
    emits, `reserve` words of the output FIFO are neither promised nor filled. Where the first step of a frame emits,
    every step waits for that (a frame may begin anywhere). Its k-th word is written to the FIFO in cycle
    `t + delay + k` and offered to the consumer one cycle later.

    Attributes
    ----------
    steps
        All steps of a frame, in order.
    delay
        Cycles from a step to the write of its first word.
    depth
        Words of the output FIFO.
    reserve
        Free words without which an emitting step waits; at least the most that any step emits.
    refill
        Cycles by which the first step of a frame is late whose weights must be taken over first.
    credit
        Cycles that the place of a word that was taken needs on its way back.
    """

    steps: tuple[Step, ...]
    delay: int
    depth: int
    reserve: int = 1
    refill: int = 0
    credit: int = 0

    @property
    def interval_cycles(self) -> int:
        """Cycles for which one frame keeps the kernel busy."""
        return sum(step.busy for step in self.steps)

"""Coarse timing for the search: when a frame's first and last word leave a kernel, from when they arrive.

The cycle model of a whole chain (`ir.cycles`) is exact but walks over every word. The search compares thousands of
chains, so it uses this: words arrive and are used up at an even pace. What it finds is checked against the cycle model
afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speckleforge.ir.timing import Timing


@dataclass(frozen=True, slots=True)
class Flow:
    """A kernel's timing in eight numbers.

    Attributes
    ----------
    words
        Input words of a frame.
    head_words, head_busy
        Words taken, and cycles spent, before the step that first emits.
    last_busy
        Cycles from the first step to the last one that emits.
    tail_busy
        Cycles from the step that takes the last word to the last one that emits.
    interval
        Cycles for which a frame keeps the kernel busy.
    first_delay, last_delay
        Cycles from an emitting step until the consumer can take its first, and its last, word.
    """

    words: int
    head_words: int
    head_busy: int
    last_busy: int
    tail_busy: int
    interval: int
    first_delay: int
    last_delay: int

    @property
    def least_behind(self) -> int:
        """Cycles from the last word's arrival to the last one that leaves, at least."""
        return self.tail_busy + self.last_delay

    def leave(self, first: int, last: int) -> tuple[int, int]:
        """Cycles of the first and the last output word, for input words offered from `first` to `last`."""
        paced = first + (last - first) * self.head_words // max(self.words - 1, 1)
        begin = max(first + self.head_busy, paced)
        out_first = begin + self.first_delay
        out_last = max(begin + self.last_busy - self.head_busy, last + self.tail_busy) + self.last_delay
        return out_first, max(out_first, out_last)


def flow_of(timing: Timing) -> Flow:
    """The eight numbers of a kernel's timing."""
    busy = words = head_words = head_busy = last_busy = last_take = last_emits = 0
    for step in timing.steps:
        if step.takes:
            words += 1
            last_take = busy
        if step.emits:
            if not last_emits:
                head_words, head_busy = words, busy
            last_busy, last_emits = busy, step.emits
        busy += step.busy
    tail, delay = max(last_busy - last_take, 0), timing.delay
    return Flow(words, max(head_words - 1, 0), head_busy, last_busy, tail, busy, delay + 1, delay + last_emits)


def steady(completed: Sequence[int], rows: int, delay: int) -> Flow:
    """The flow of an adapter whose words of a row complete so many output words; it takes as many cycles, or one."""
    busy = [max(count, 1) for count in completed]
    head = next(index for index, count in enumerate(completed) if count)
    last_busy = rows * sum(busy) - busy[-1]
    words, interval = rows * len(busy), rows * sum(busy)
    return Flow(words, head, sum(busy[:head]), last_busy, 0, interval, delay + 1, delay + completed[-1])


def between(low: Flow, high: Flow, interval: int, delay: int, words_out: int) -> Flow:
    """The flow of a kernel that differs from two others only in how long its emitting steps take: `interval` says how
    long.

    Every sum of busy cycles is affine in it. `words_out`: what the last step emits.
    """
    span = high.interval - low.interval
    part = (interval - low.interval) / span if span else 0.0

    def mix(a: int, b: int) -> int:
        return round(a + (b - a) * part)

    return Flow(
        words=low.words,
        head_words=low.head_words,
        head_busy=mix(low.head_busy, high.head_busy),
        last_busy=mix(low.last_busy, high.last_busy),
        tail_busy=mix(low.tail_busy, high.tail_busy),
        interval=interval,
        first_delay=delay + 1,
        last_delay=delay + words_out,
    )


STRAIGHT = Flow(1, 0, 0, 0, 0, 0, 0, 0)  # a wire

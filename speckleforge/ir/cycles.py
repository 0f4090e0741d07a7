"""Exact cycle model of a chain of kernels. Takes their `timing`; gives latency, interval and FIFO fill.

Cycle t is the one between two clock edges in which a word is offered and taken. A kernel is a row of steps
(`ir/timing.py`); each happens in the earliest cycle in which

- the step before was `busy` cycles ago,
- the word that it takes is offered (it was written to the FIFO before, at least one cycle ago), and
- where it emits, the FIFO behind has room: a word holds its place from its step to the cycle after it was taken, or
  `credit` cycles longer.

So the cycles of all steps are a max-plus recurrence, followed word by word instead of cycle by cycle: the cost is the
number of words, not of cycles. With input offered without a gap and output taken at once it equals
the RTL on every word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.timing import Timing


@dataclass(frozen=True)
class CycleReport:
    """What `simulate` finds, in cycles.

    Attributes
    ----------
    latency_cycles
        Of one frame in an idle chain: from the cycle in which its first input word is taken to the cycle in which its
        last output word is taken. The difference of those cycles, so that a wire has latency 0 and a register 1.
    after_last_word
        The same, but from the cycle in which the frame's last input word is taken.
    interval_cycles
        Cycles between the last output words of the last two frames, frames offered without a gap: the frame interval.
    fifo_high_water
        Most words stored in each kernel's output FIFO, in the order of the chain.
    output_cycles
        Cycle in which each output word of all frames is taken; cycle 0: the first input word.
    input_cycles
        Cycle in which each input word of all frames is taken.
    """

    latency_cycles: int
    after_last_word: int
    interval_cycles: int
    fifo_high_water: tuple[int, ...]
    output_cycles: tuple[int, ...]
    input_cycles: tuple[int, ...]


def simulate(kernels: Sequence[Kernel], frames: int = 3, refills: Collection[int] = ()) -> CycleReport:
    """Run `frames` frames through the chain: input always offered, output always taken.

    Parameters
    ----------
    kernels
        In order; each has a `timing` (`ir.timing.Timing`).
    frames
        Frames offered without a gap; at least 2 give an interval (with 1 it is that of the busiest kernel).
    refills
        Frames (0 the first) whose weights differ from those of the frame before: kernels with tables fill them first.

    Raises
    ------
    DesignError
        If a kernel has no timing, or the chain can never move on (a FIFO smaller than what one step emits).
    """
    timings = [timing_of(kernel) for kernel in kernels]
    stages = [_Stage(timing, frames, refills) for timing in timings]
    sink = _Taken()
    for stage, after in zip(stages, [*(s.taken for s in stages[1:]), sink], strict=True):
        stage.after = after
    moved = True
    while moved:
        moved = False
        offered: list[int] | None = None
        for stage in stages:
            if stage.may_move(offered):
                moved |= stage.advance(offered)
            offered = stage.offered
        moved |= sink.take_all(stages[-1].offered)
    if any(not stage.finished for stage in stages):
        raise DesignError(Problem("the chain cannot move on", got="a FIFO smaller than what one step emits"))
    return _report(stages, sink, frames)


def timing_of(kernel: Kernel) -> Timing:
    """The kernel's `timing`; raises `DesignError` where it gives none."""
    timing = getattr(kernel, "timing", None)
    if not isinstance(timing, Timing):
        raise DesignError(Problem("kernel without timing", got=kernel.kind))
    return timing


class _Taken:
    """Cycles in which the words of one stream were taken."""

    def __init__(self) -> None:
        self.cycles: list[int] = []

    def take_all(self, offered: list[int]) -> bool:
        """An always ready sink: one word a cycle, at once."""
        new = offered[len(self.cycles) :]
        for cycle in new:
            self.cycles.append(max(cycle, self.cycles[-1] + 1) if self.cycles else cycle)
        return bool(new)


class _Stage:
    """One kernel while it runs: the cycles of its steps, as far as they are known."""

    def __init__(self, timing: Timing, frames: int, refills: Collection[int] = ()) -> None:
        self.timing = timing
        self.steps = [(step.takes, step.busy, step.emits) for step in timing.steps] * frames
        self.late = {frame * len(timing.steps) for frame in refills} if timing.refill else set()
        self.position = 0
        self.ready_at = 0  # earliest cycle of the next step
        self.promised = 0
        self.waits = (0, 0)  # words offered, and words taken behind, without which the next step's cycle is not known
        self.taken = _Taken()  # of its input
        self.offered: list[int] = []  # cycles in which its output words are first offered
        self.after = _Taken()  # where its output words go

    @property
    def finished(self) -> bool:
        """True behind the last step."""
        return self.position == len(self.steps)

    def may_move(self, offered: list[int] | None) -> bool:
        """False where `advance` would find nothing."""
        words, pops = self.waits
        return len(self.after.cycles) >= pops and (offered is None or len(offered) >= words)

    def advance(self, offered: list[int] | None) -> bool:
        """Make every step whose cycle follows from what is known; False if there was none. `offered` None: always."""
        # Written for speed: `forge plan` runs this loop some hundred thousand times.
        timing, steps, taken, output = self.timing, self.steps, self.taken.cycles, self.offered
        pops, words = self.after.cycles, len(self.taken.cycles)
        position, ready_at, promised = self.position, self.ready_at, self.promised
        cautious, late = timing.steps[0].emits > 0, self.late
        room, delay, back = timing.depth - timing.reserve, timing.delay + 1, timing.credit + 1
        available, gone_by = 1 << 60 if offered is None else len(offered), len(pops)
        self.waits = (0, 0)
        for index in range(position, len(steps)):
            takes, busy, emits = steps[index]
            cycle = ready_at
            if takes and offered is not None:
                if words >= available:
                    self.waits = (words + 1, 0)
                    break
                if offered[words] > cycle:  # noqa: PLR1730 - a call for every word is slow
                    cycle = offered[words]
            if emits or cautious:
                gone = promised - room  # words that must have left the FIFO before
                if gone > gone_by:
                    self.waits = (0, gone)
                    break
                if gone > 0 and pops[gone - 1] + back > cycle:
                    cycle = pops[gone - 1] + back
            if late and index in late:
                cycle += timing.refill
            if takes:
                taken.append(cycle)
                words += 1
            if emits == 1:
                output.append(cycle + delay)
                promised += 1
            elif emits:
                output.extend(range(cycle + delay, cycle + delay + emits))
                promised += emits
            ready_at = cycle + busy
            position = index + 1
        moved = position > self.position
        self.position, self.ready_at, self.promised = position, ready_at, promised
        return moved

    def high_water(self) -> int:
        """Most words in the FIFO at once."""
        most = popped = 0
        pops = [*self.after.cycles, 1 << 60]
        for stored, cycle in enumerate(self.offered, start=1):
            while pops[popped] < cycle:
                popped += 1
            if stored - popped > most:  # noqa: PLR1730 - likewise
                most = stored - popped
        return most


def _report(stages: list[_Stage], sink: _Taken, frames: int) -> CycleReport:
    inputs, outputs = stages[0].taken.cycles, sink.cycles
    taken, given = len(inputs) // frames, len(outputs) // frames
    lasts = outputs[given - 1 :: given]
    busiest = max(stage.timing.interval_cycles for stage in stages)
    return CycleReport(
        latency_cycles=lasts[0] - inputs[0],
        after_last_word=lasts[0] - inputs[taken - 1],
        interval_cycles=lasts[-1] - lasts[-2] if frames > 1 else busiest,
        fifo_high_water=tuple(stage.high_water() for stage in stages),
        output_cycles=tuple(outputs),
        input_cycles=tuple(inputs),
    )

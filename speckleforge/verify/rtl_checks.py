"""What the RTL simulation must show: every stream and record of every frame, and how many cycles a frame takes.

Takes a simulator and weight sets; gives comparisons into a tally, and cycles. Frames that a record calls untrustworthy
are an error here; the scenarios are where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem
from speckleforge.verify.rtl import Frame, RtlRun, RtlSimulator, encode_frames
from speckleforge.verify.sets import WeightSet
from speckleforge.verify.tally import Tally

ENGINE = "rtl"
TIMED_FRAMES = 12
GAPS = "gaps 25 25"
INGRESS = "ingress"


def frames_of(sim: RtlSimulator, words: NDArray[Any], patterns: Sequence[int], first_id: int = 0) -> list[Frame]:
    """Whole frames of some patterns, with pulse ids from `first_id`."""
    encoded = encode_frames(words[list(patterns)], sim.design.source)
    return [Frame(first_id + i, frame) for i, frame in enumerate(encoded)]


def check_sets(sim: RtlSimulator, tally: Tally, words: NDArray[Any], sets: Sequence[WeightSet], seed: int) -> None:
    """All sets: the first from the boot memory, the others through the registers, with gaps and refused records.

    With two banks a set loads while frames run on the one before. Once the banks change under running frames: then a
    frame's tag tells which set was its own.
    """
    plan: list[tuple[int, int | None]] = []
    script = sim.script().begin(seed, sets[0].image).add(GAPS)

    def send(which: int, *, tag_tells: bool = False) -> None:
        patterns = range(sets[which].patterns)
        script.frames(frames_of(sim, words, patterns, len(plan)))
        plan.extend((pattern, None if tag_tells else which) for pattern in patterns)

    two = sim.design.settings.banks == 2
    send(0)
    for which, weights in enumerate(sets[1:], start=1):
        bank = which % 2 if two else 0
        if not two:
            script.add("wait")
        script.load(weights.image, bank).add("wait")
        if two:
            script.activate(bank)
        send(which)
        script.add("wait")
        if two and which == 1:
            send(1, tag_tells=True)
            script.add(f"run {sim.design.source.words * 2}").activate(0).add("wait").activate(1)
            send(1)
    compare_run(sim, tally, sim.run(script), plan, sets)


def compare_run(
    sim: RtlSimulator,
    tally: Tally,
    run: RtlRun,
    plan: Sequence[tuple[int, int | None]],
    sets: Sequence[WeightSet],
) -> None:
    """Compare every stream and every record of a run.

    Parameters
    ----------
    plan
        (pattern, set) of each frame in order; None: the set of the bank that its tag tells.
    """
    patterns = np.array([pattern for pattern, _ in plan])
    banks = run.traces["input"].tags() & 1
    if len(banks) != len(plan):
        raise MismatchError(Problem("frames are missing", "rtl, input", str(len(banks)), str(len(plan))))
    which = np.array([int(bank) if of is None else of for (_, of), bank in zip(plan, banks, strict=True)])
    boundaries = {item.name: item.boundary for item in sim.design.instances}
    boundaries["input"] = sim.design.topology.nodes[0].name
    for name, trace in run.traces.items():
        if trace.frames != len(plan):
            raise MismatchError(Problem("frames are missing", f"rtl, {name}", str(trace.frames), str(len(plan))))
        for start, got in trace.chunks():
            part = slice(start, start + len(got))
            expected = _expected(sets, boundaries[name], patterns[part], which[part])
            tally.compare(ENGINE, boundaries[name], expected, got, patterns[part])
    if tally.first(ENGINE) is None:  # else that is what to report
        _check_records(run, len(plan), np.array([sets[i].image_id for i in which]))
    decisions = _expected(sets, boundaries[sim.design.instances[-1].name], patterns, which)
    tally.compare(ENGINE, "record", decisions, record_values(run, decisions.shape[1]), patterns)


def _expected(sets: Sequence[WeightSet], node: str, patterns: NDArray[Any], which: NDArray[np.int64]) -> NDArray[Any]:
    """What frames of these patterns give at a node, each with its own set."""
    out = np.empty((len(patterns), *sets[0].expected[node].shape[1:]), sets[0].expected[node].dtype)
    for index, weights in enumerate(sets):
        mine = which == index
        if mine.any():
            out[mine] = weights.expected[node][patterns[mine]]
    return out


def record_values(run: RtlRun, width: int) -> NDArray[np.int64]:
    """Records in the order of the head's vector: scores, class, slot, accept, keep as the network decides."""
    records = run.records
    columns = [records[f"score_{n}"] for n in range(width - 4)]
    columns += [records[name] for name in ("class", "slot", "accept", "network_keep")]
    return np.stack(columns, axis=1)


def _check_records(run: RtlRun, count: int, image_ids: NDArray[np.int64]) -> None:
    """One record a frame, in order, trusted, with the right image.

    Raises
    ------
    MismatchError
        Naming the first record at fault.
    """
    records, index = run.records, np.arange(count)
    if len(run.record_cycles) != count:
        raise MismatchError(Problem("records are missing", "rtl", str(len(run.record_cycles)), str(count)))
    rules = {
        "pulse_id": index,
        "image_id": image_ids,
        "sequence": index % 128,
        "keep": records["network_keep"],
        **dict.fromkeys(("prescaled", "not_loaded", "tainted", "short", "long", "out_of_sync"), 0 * index),
    }
    for name, expected in rules.items():
        for at in np.flatnonzero(records[name] != expected)[:1]:
            where = f"rtl, record {at}, {name}"
            raise MismatchError(Problem("record is wrong", where, str(records[name][at]), str(expected[at])))


def measure(sim: RtlSimulator, words: NDArray[Any], image: bytes, seed: int) -> dict[str, Any]:
    """Cycles of one frame alone, then of frames back to back, once a frame has passed that meets new weights.

    Returns
    -------
    dict
        `latency_cycles`: from the cycle in which the first word is taken to the one in which the record is.
        `after_last_word`: the same from the last word. `interval_cycles`: the longest between two records once steady.
        `refill_cycles`: by how much later the record of the frame is that meets new weights (tables are filled first).
        `fifo_high_water`: instance -> most words that its FIFO held; `ingress_high_water`: the same of the core's own
        buffer (None: it has none), with frames that begin as soon as there is room.
    """
    patterns = [i % len(words) for i in range(TIMED_FRAMES)]
    script = sim.script().begin(seed, image)
    for alone in range(2):
        script.frames(frames_of(sim, words, patterns[:1], alone)).add("wait").add("run 100")
    run = sim.run(script.frames(frames_of(sim, words, patterns, 2)).add("wait"))
    latencies = run.record_cycles[:2] - run.accepted[:2, 0]
    steady = np.diff(run.record_cycles[2:])[TIMED_FRAMES // 2 :]
    return {
        "latency_cycles": int(latencies[1]),
        "after_last_word": int(run.record_cycles[1] - run.accepted[1, 1]),
        "interval_cycles": int(steady.max()),
        "refill_cycles": int(latencies[0] - latencies[1]),
        "fifo_high_water": {name: most for name, most in run.high_water.items() if name != INGRESS},
        "ingress_high_water": run.high_water.get(INGRESS),
        "stage": "simulated",
    }

"""When something is wrong: broken frames, no weights, a damaged image, a load under running frames.

Takes a simulator and weight sets; gives a record a scenario, or raises. The rule: nothing is lost silently, a frame
that is not flagged is exact, a frame that cannot be trusted is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.core import simulate_core
from speckleforge.layers.execute import run_topology
from speckleforge.verify.rtl import FIRST, Frame, RtlRun, RtlSimulator, encode_frames
from speckleforge.verify.rtl_checks import record_values
from speckleforge.verify.sets import WeightSet
from speckleforge.verify.streams import decode

FAIL_OPEN = ("not_loaded", "tainted", "short", "long", "out_of_sync", "error")


def require(holds: bool, scenario: str, what: str, got: object = "", allowed: object = "") -> None:
    """Raise `MismatchError` unless `holds`."""
    if not holds:
        raise MismatchError(Problem(what, f"rtl, scenario {scenario}", str(got), str(allowed)))


def _flags(run: RtlRun, name: str) -> list[int]:
    """A flag of every record."""
    return [int(value) for value in run.records[name]]


def untrusted(run: RtlRun) -> NDArray[np.bool_]:
    """Records with any fail-open flag."""
    return np.asarray(np.any([run.records[name] for name in FAIL_OPEN], axis=0))


def check_kept(scenario: str, run: RtlRun) -> None:
    """Every untrusted frame is kept."""
    kept = run.records["keep"][untrusted(run)]
    require(bool(kept.all()), scenario, "a frame that cannot be trusted was not kept")


def summary(scenario: str, run: RtlRun) -> dict[str, Any]:
    """What a scenario leaves in the record."""
    counts = {name: int(run.records[name].sum()) for name in FAIL_OPEN if run.records[name].any()}
    return {"name": scenario, "frames": len(run.record_cycles), "flagged": counts, "holds": True}


def broken_frames(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any]:
    """Short, long, endless, cut-off frames and stray words between good ones.

    Good ones are exact; broken ones are flagged, kept, and exact for their repaired words.
    """
    name, total = "broken frames", sim.design.source.words
    sent, expected = _broken_plan(sim, words)
    script = sim.script().begin(seed, weights.image).add("gaps 20 20").frames(sent).add("wait")
    for counter in ("frames", "results", "short", "long", "stray_words"):
        script.read(counter)
    run = sim.run(script)
    flags = {"s": "short", "l": "long"}
    for flag, kind in flags.items():
        wanted = [int(mark == flag) for mark, _ in expected]
        require(_flags(run, kind) == wanted, name, f"frames flagged {kind}", _flags(run, kind), wanted)
        require(run.reads[kind] == [sum(wanted)], name, f"counter {kind}", run.reads[kind], sum(wanted))
    for counter in ("frames", "results"):
        require(run.reads[counter] == [len(expected)], name, f"counter {counter}", run.reads[counter], len(expected))
    require(run.reads["stray_words"] == [2 + 3], name, "stray words", run.reads["stray_words"], 5)
    check_kept(name, run)
    repaired = np.stack([data for _, data in expected]).reshape(len(expected), total, -1)
    check_exact(sim, name, run, repaired, params, trusted=np.ones(len(expected), bool))
    return summary(name, run)


def _broken_plan(sim: RtlSimulator, words: NDArray[Any]) -> tuple[list[Frame], list[tuple[str, NDArray[np.uint8]]]]:
    """Frames to send, and (flag, repaired words) of each record to come. `s` short, `l` long, `` good."""
    total = sim.design.source.words
    data = [encode_frames(words[i % len(words)][None], sim.design.source)[0] for i in range(9)]
    cut, odd = max(1, total // 3), max(1, total - 1)

    def padded(frame: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
        out = np.zeros_like(frame)
        out[:length] = frame[:length]
        return out

    sent = [Frame(0, data[0]), Frame(1, data[1][:cut]), Frame(2, data[2])]
    sent += [Frame(3, np.concatenate([data[3], data[4][:1], data[4][:1]])), Frame(4, data[4])]  # two words too many
    sent += [Frame(5, data[5][:odd], FIRST), Frame(6, data[6])]  # the next begins before this one ended
    sent += [Frame(7, data[7], FIRST), Frame(99, np.concatenate([data[7]] * 3)[:3], 0)]  # no last; words of no frame
    sent += [Frame(8, data[8])]
    good = [("", data[i]) for i in range(9)]
    short = {1: ("s", padded(data[1], cut)), 5: ("s", padded(data[5], odd))} if total > 1 else {5: ("l", data[5])}
    return sent, [(short | {3: ("l", data[3]), 7: ("l", data[7])}).get(i, good[i]) for i in range(9)]


def check_exact(
    sim: RtlSimulator,
    scenario: str,
    run: RtlRun,
    frames: NDArray[np.uint8],
    params: dict[str, Ints],
    *,
    trusted: NDArray[np.bool_],
) -> None:
    """Records of `trusted` frames are what the reference says of these words [frames, words, bytes]."""
    source, first = sim.design.source, sim.design.topology.nodes[0]
    images = decode(frames[trusted], source, first.out)
    last = run_topology(sim.design.topology, images.astype(np.int64), params)[sim.design.instances[-1].boundary]
    got = record_values(run, last.shape[1])[trusted]
    for frame in np.flatnonzero((got != last).any(axis=1))[:1]:
        what = f"frame {np.flatnonzero(trusted)[frame]} is not exact"
        require(False, scenario, what, list(got[frame]), list(last[frame]))


def no_weights(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any]:
    """Start without an image, then a damaged one, then a good one: flagged and kept until the good one is in."""
    name, encoded = "no weights", encode_frames(words[:1], sim.design.source)[0]
    damaged = bytearray(weights.image)
    damaged[len(damaged) // 2] ^= 0x10
    status, control = (sim.script().address(register) for register in ("status", "control"))
    script = sim.script().begin(seed).frames([Frame(i, encoded) for i in range(2)]).add("wait")
    script.begin_load(bytes(damaged), 0).add(f"until {status} 0x70 0x30")
    script.add(f"write {control} 4").frames([Frame(i, encoded) for i in range(2, 4)]).add("wait")
    script.load(weights.image, 0).activate(0).frames([Frame(i, encoded) for i in range(4, 6)]).add("wait")
    counters = {"layout_errors": 1, "crc_errors": 1, "commands_refused": 1, "loads": 1, "kept_fail_open": 4}
    for counter in counters:
        script.read(counter)
    run = sim.run(script)
    require(_flags(run, "not_loaded") == [1, 1, 1, 1, 0, 0], name, "flags not_loaded", _flags(run, "not_loaded"))
    check_kept(name, run)
    for counter, value in counters.items():
        require(run.reads[counter] == [value], name, f"counter {counter}", run.reads[counter], value)
    trusted = np.array([False] * 4 + [True] * 2)
    check_exact(sim, name, run, np.stack([encoded] * 6), params, trusted=trusted)
    return summary(name, run)


def late_end(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any]:
    """A frame without its last word, and long after it the next one: the first is short, whatever is computed by then.

    A pool in floor mode leaves the last rows out, so the head may be through before anyone knows how the frame ends.
    """
    name, total = "late end", sim.design.source.words
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(3)]), sim.design.source)
    held = max(1, total - 1)
    kernels, interface = [item.kernel for item in sim.design.instances], sim.design.settings.interface
    wait = 2 * simulate_core(kernels, interface=interface).latency_cycles
    script = sim.script().begin(seed, weights.image)
    script.frames([Frame(0, encoded[0]), Frame(1, encoded[1][:held], FIRST)]).add(f"run {total + wait}")
    run = sim.run(script.frames([Frame(2, encoded[2])]).add("wait").read("short").read("results"))
    wanted = [0, int(total > 1), 0]
    require(_flags(run, "short") == wanted, name, "frames flagged short", _flags(run, "short"), wanted)
    require(not run.records["long"].any() or total == 1, name, "frames flagged long", _flags(run, "long"), [0, 0, 0])
    require(run.reads["results"] == [3], name, "counter results", run.reads["results"], 3)
    check_kept(name, run)
    repaired = encoded.copy()
    repaired[1, held:] = 0
    check_exact(sim, name, run, repaired, params, trusted=np.ones(3, bool))
    return summary(name, run)


def load_under_frames(
    sim: RtlSimulator, words: NDArray[Any], sets: Sequence[WeightSet], params: Sequence[dict[str, Ints]], seed: int
) -> dict[str, Any]:
    """A load into the bank that running frames use: whatever is not flagged is exact for the image that it names."""
    name, count = "load under running frames", 10
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(count)]), sim.design.source)
    frames = [Frame(i, encoded[i]) for i in range(count)]
    script = sim.script().begin(seed, sets[0].image).frames(frames).add(f"run {sim.design.source.words * 3 // 2}")
    script.load(sets[1].image, 0).add("wait").frames(frames[:2]).add("wait")
    run = sim.run(script)
    check_kept(name, run)
    require(bool(untrusted(run)[:count].any()), name, "no frame was flagged though a load overwrote its weights")
    require(not untrusted(run)[count:].any(), name, "frames behind the load are flagged")
    for weights, values in zip(sets, params, strict=True):
        trusted = ~untrusted(run) & (run.records["image_id"] == weights.image_id)
        if trusted.any():
            check_exact(sim, name, run, np.concatenate([encoded, encoded[:2]]), values, trusted=trusted)
    known = np.isin(run.records["image_id"][~untrusted(run)], [weights.image_id for weights in sets])
    require(bool(known.all()), name, "a trusted record names an image that was not loaded")
    return summary(name, run)


def prescale(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any]:
    """Every third frame is kept, flagged, and still exact."""
    name, every, count = "prescale", 3, 7
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(count)]), sim.design.source)
    script = sim.script().begin(seed, weights.image)
    script.add(f"write {script.address('prescale')} {every}")
    run = sim.run(script.frames([Frame(i, encoded[i]) for i in range(count)]).add("wait").read("prescaled"))
    wanted = [int(i % every == 0) for i in range(count)]
    require(_flags(run, "prescaled") == wanted, name, "prescaled frames", _flags(run, "prescaled"), wanted)
    require(run.reads["prescaled"] == [sum(wanted)], name, "counter prescaled", run.reads["prescaled"], sum(wanted))
    keep = [a | b for a, b in zip(_flags(run, "network_keep"), wanted, strict=True)]
    require(_flags(run, "keep") == keep, name, "kept frames", _flags(run, "keep"), keep)
    check_exact(sim, name, run, encoded, params, trusted=np.ones(count, bool))
    return summary(name, run)

"""Frames and what does not wait for them: too many of them, a reset, a change of bank, whatever registers begin with.

Takes a simulator and weight sets; gives a record a scenario, or raises; None where a design has no such thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.core import FRAMES_IN_FLIGHT_BITS, buffered, held_frames, ingress_words
from speckleforge.verify.rtl import FIRST, LAST, Frame, RtlRun, RtlSimulator, encode_frames
from speckleforge.verify.scenarios import check_exact, require, summary, untrusted
from speckleforge.verify.sets import WeightSet

IDS = 16  # frames that the ingress buffer holds at most
FIRST_ID = 1000


def overrun(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any] | None:
    """Frames without a gap, whether or not there is room; at first no record is taken, then every one.

    Each frame has an exact record or is counted as dropped; records keep the frames' order; no word of a dropped frame
    enters the chain.
    """
    if not buffered(sim.design.settings.interface):
        return None  # the link in front waits
    name, source = "overrun", sim.design.source
    capacity = ingress_words(source, held_frames([item.kernel for item in sim.design.instances]))
    stalled = min(IDS, capacity // source.words) + (1 << FRAMES_IN_FLIGHT_BITS) + 2
    count = stalled + 6
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(count)]), source)
    script = sim.script().begin(seed, weights.image).add("gaps 0 100").add("push 1")
    script.frames([Frame(FIRST_ID + i, frame) for i, frame in enumerate(encoded)]).add(f"run {stalled * source.words}")
    run = sim.run(script.add("gaps 0 0").add("wait").read("frames").read("results").read("dropped"))
    taken = run.records["pulse_id"] - FIRST_ID
    require(bool((np.diff(taken) > 0).all()), name, "records are not in the frames' order", list(taken))
    require(0 < len(taken) < count, name, "frames with a record", len(taken), f"some of {count}, not all")
    wanted = {"frames": len(taken), "results": len(taken), "dropped": count - len(taken)}
    for counter, value in wanted.items():
        require(run.reads[counter] == [value], name, f"counter {counter}", run.reads[counter], value)
    entered = run.traces["input"].frames
    require(entered == len(taken), name, "frames that entered the chain", entered, len(taken))
    require(not untrusted(run).any(), name, "a whole frame is flagged")
    check_exact(sim, name, run, encoded[taken], params, trusted=np.ones(len(taken), bool))
    return summary(name, run) | {"dropped": count - len(taken)}


def reset_mid_frame(
    sim: RtlSimulator, words: NDArray[Any], sets: Sequence[WeightSet], params: Sequence[dict[str, Ints]], seed: int
) -> dict[str, Any]:
    """A reset while a frame is half in and a second image is active: nothing of before comes out.

    What survives is the boot memory: bank 0 holds its image again, the other bank none, counters and settings are 0.
    Without a boot image no bank holds any until a host has loaded one. The rest of the broken frame is stray words.
    """
    name = "reset within a frame"
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(4)]), sim.design.source)
    begun, rest = halves(encoded[1])
    script = sim.script().begin(seed, sets[0].image)
    if sim.design.settings.banks == 2:
        script.load(sets[1].image, 1).activate(1)
    script.add(f"write {script.address('prescale')} 1").frames(
        [Frame(0, encoded[0]), Frame(1, begun, FIRST if len(rest) else FIRST | LAST)]
    )
    # A core without a buffer takes words no faster than its busiest kernel: the half must be in before the reset.
    busiest = max(item.kernel.interval_cycles for item in sim.design.instances)
    script.add(f"until {script.address('frames')} 0xff 2").add(f"run {sim.design.source.words + busiest}")
    script.read("status").restart()
    for register in ("status", "image_id_0", "image_id_1", "prescale"):
        script.read(register)
    if not sim.design.settings.boot:
        script.load(sets[0].image, 0)
    frames = [Frame(2, encoded[2]), Frame(3, encoded[3])]
    script.frames([Frame(1, rest, LAST), *frames] if len(rest) else frames).add("wait")
    for register in ("stray_words", "frames", "results"):
        script.read(register)
    run = sim.run(script)
    in_flight = run.reads["status"][0] >> 16 & 0xFF
    require(in_flight > 0 or not len(rest), name, "no frame was in flight at the reset")
    _check_forgotten(sim, name, run, sets[0])
    require(list(run.records["pulse_id"]) == [2, 3], name, "frames with a record", run.records["pulse_id"], [2, 3])
    require(list(run.records["sequence"]) == [0, 1], name, "numbers", run.records["sequence"], [0, 1])
    for register, value in (("stray_words", len(rest)), ("frames", 2), ("results", 2)):
        require(run.reads[register] == [value], name, f"counter {register}", run.reads[register], value)
    require(not untrusted(run).any(), name, "frames behind the reset are flagged")
    check_exact(sim, name, run, encoded[2:], params[0], trusted=np.ones(2, bool))
    return summary(name, run)


def halves(frame: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A frame's words in two parts; the second has none where there is one word."""
    return frame[: max(1, len(frame) // 2)], frame[max(1, len(frame) // 2) :]


def _check_forgotten(sim: RtlSimulator, name: str, run: RtlRun, first: WeightSet) -> None:
    """Registers behind the reset: the boot image in bank 0, else nothing."""
    status, boots = run.reads["status"][1], sim.design.settings.boot
    require(status >> 8 & 3 == int(boots), name, "banks with an image", status >> 8 & 3, int(boots))
    require(status >> 12 & 1 == 0, name, "active bank", 1, 0)
    wanted = {"image_id_0": first.image_id if boots else 0, "image_id_1": 0, "prescale": 0}
    for register, value in wanted.items():
        require(run.reads[register] == [value], name, register, run.reads[register], value)


def swap_mid_frame(
    sim: RtlSimulator, words: NDArray[Any], sets: Sequence[WeightSet], params: Sequence[dict[str, Ints]], seed: int
) -> dict[str, Any] | None:
    """The other bank becomes active while a frame is half in: it ends on the bank that it began with, exactly."""
    if sim.design.settings.banks != 2:
        return None
    name, count, at = "swap within a frame", 5, 2
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(count)]), sim.design.source)
    begun, rest = halves(encoded[at])
    script = sim.script().begin(seed, sets[0].image).load(sets[1].image, 1)
    script.frames([*(Frame(i, encoded[i]) for i in range(at)), Frame(at, begun, FIRST if len(rest) else FIRST | LAST)])
    script.add(f"until {script.address('frames')} 0xff {at + 1}").activate(1)
    script.frames([Frame(at, rest, LAST)] if len(rest) else [])
    script.frames([Frame(i, encoded[i]) for i in range(at + 1, count)]).add("wait")
    for register in ("image_crc_0", "image_crc_1", "threshold_0", "threshold_1"):
        script.read(register)
    run = sim.run(script)
    banks, wanted = run.records["bank"], [int(i > at) for i in range(count)]
    require(list(run.records["pulse_id"]) == list(range(count)), name, "records", run.records["pulse_id"])
    require(list(banks) == wanted, name, "banks of the frames", list(banks), wanted)
    require(not untrusted(run).any(), name, "a frame is flagged")
    for bank in (0, 1):
        ids = run.records["image_id"][banks == bank]
        require(bool((ids == sets[bank].image_id).all()), name, f"images of bank {bank}", list(ids))
        check_exact(sim, name, run, encoded, params[bank], trusted=banks == bank)
        threshold = params[bank][f"{sim.design.instances[-1].name}.threshold"]
        _check_readback(name, run, bank, sets[bank].image, int(threshold[0]))
    return summary(name, run)


def _check_readback(name: str, run: RtlRun, bank: int, image: bytes, threshold: int) -> None:
    """CRC and threshold as the registers tell them."""
    crc = int.from_bytes(image[-4:], "little")
    for register, value in ((f"image_crc_{bank}", crc), (f"threshold_{bank}", threshold)):
        require(run.reads[register] == [value], name, register, run.reads[register], value)


def start_states(
    sim: RtlSimulator, words: NDArray[Any], weights: WeightSet, params: dict[str, Ints], seed: int
) -> dict[str, Any]:
    """The same frames with other values in every register and memory before the reset: the same records and cycles."""
    name, count = "random start", 3
    encoded = encode_frames(np.stack([words[i % len(words)] for i in range(count)]), sim.design.source)
    runs = []
    for start in (seed, seed + 1):
        script = sim.script().begin(start, weights.image).frames([Frame(i, frame) for i, frame in enumerate(encoded)])
        runs.append(sim.run(script.add("wait")))
    first, second = runs
    for field, values in first.records.items():
        require(np.array_equal(values, second.records[field]), name, f"{field} depends on the start", list(values))
    same = np.array_equal(first.record_cycles, second.record_cycles)
    require(same, name, "cycles depend on the start", list(first.record_cycles), list(second.record_cycles))
    require(not untrusted(first).any(), name, "a frame is flagged")
    check_exact(sim, name, first, encoded, params, trusted=np.ones(count, bool))
    return summary(name, first)

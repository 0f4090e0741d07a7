"""The whole block in Verilator: unrelated clocks, frames of every sort, registers, a weight load, exact records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from speckleforge.errors import StageError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.core import simulate_core
from speckleforge.ir.types import TensorType
from speckleforge.tools.find import installed
from tests.emit.designs import chain, head_only, small
from tests.emit.firmware.block import Block, Sent, check_record
from tests.networks import topology

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]

# The rows of 9 columns end in half a word, and a word of two pixels of 6 bits fits into no byte.
LAYERS = (("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("head", {"prototypes": 2}))
DMA, CORE, AXIL = 4000, 5000, 8000  # ps, as on a KCU1500
OKAY, SLVERR = 0, 2
SHORT, LONG, ERROR = 1 << 10, 1 << 11, 1 << 13
FAIL_OPEN = 0x3F00
ADDED_PS = 112_000  # docs/firmware.md: about 0.1 us


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Block:
    network = topology(LAYERS, TensorType(unsigned(6), (1, 8, 9)))
    return Block(chain(network, 2), tmp_path_factory.mktemp("block"), values=["-GAXIL_TIMEOUT_BITS=12"])


def good_frames(block: Block, count: int, seed: int = 1) -> tuple[list[Sent], np.ndarray]:
    """Frames with pulse ids and destinations of their own, and what the head makes of them."""
    images, expected = block.images(count, seed)
    return [Sent(block.frame(image, 1000 + n), dest=(n * 37 + seed) % 256) for n, image in enumerate(images)], expected


CLOCKS = {
    "as on the board": (DMA, CORE, AXIL),
    "a slow core": (DMA, 4 * CORE, 7000),
    "slow streams": (13_000, CORE, 3000),
    "nearly alike": (5000, 5002, 4998),
}


@pytest.mark.parametrize("clocks", CLOCKS.values(), ids=CLOCKS)
def test_records_equal_the_reference(block: Block, clocks: Sequence[int]) -> None:
    frames, expected = good_frames(block, 12)
    seed = sum(clocks)
    script = ["gaps 30 50", *block.load(), block.beats("frames", frames), "records 12", "read {edge_dropped}"]
    result = block.run([*script, "idle 50", "read {edge_records}", "read {errors}"], clocks, seed)
    assert list(result.records["pulse_id"]) == [1000 + n for n in range(12)]
    assert result.dest == [frame.dest for frame in frames]
    for record, row in zip(result.records, expected, strict=True):
        check_record(record, row)
        assert not int(record["flags"]) & FAIL_OPEN
    assert result.reads == [0, 12, 0]
    assert set(result.answers) == {OKAY}


def test_broken_frames_are_kept_and_their_neighbours_untouched(block: Block) -> None:
    frames, expected = good_frames(block, 12, seed=2)
    whole = frames[1].payload
    beat = block.bits // 8
    frames[1].eofe = True
    frames[3].payload = whole[: 32 + beat]  # two beats
    frames[4].payload = whole[:32]  # nothing but a header
    frames[5].payload = frames[5].payload[:-1]  # the last byte is missing
    frames[7].payload += bytes(1)  # one too many
    frames[8].payload += bytes(3 * beat)
    frames[9].payload, frames[9].last = frames[9].payload[: 2 * beat], False  # cut by the start of the next one
    stray = Sent(whole, sof=False)
    sent = [*frames[:6], stray, *frames[6:]]
    names = ("frames", "dropped", "wrong_length", "broken", "stray", "records")
    script = [*block.load(), "gaps 20 20", block.beats("mixed", sent), "records 12", "idle 100"]
    result = block.run([*script, *(f"read {{edge_{name}}}" for name in names)], (DMA, CORE, AXIL), 3)
    flags = [int(record["flags"]) for record in result.records]
    found = {n: flag & FAIL_OPEN for n, flag in enumerate(flags) if flag & FAIL_OPEN}
    assert found == {1: ERROR, 3: SHORT, 4: SHORT, 5: ERROR, 7: LONG, 8: LONG, 9: SHORT}
    assert all(flags[n] & 1 for n in found)  # kept, whatever the network says
    assert [int(r["pulse_id"]) for n, r in enumerate(result.records) if n not in (3, 4)] == [
        1000 + n for n in range(12) if n not in (3, 4)
    ]
    for n in set(range(12)) - set(found) | {1}:  # the frame with an error is whole
        check_record(result.records[n], expected[n])
    assert result.reads == [12, 0, 6, 1, 1, 12]


def test_what_has_no_room_is_dropped_in_whole_frames(block: Block) -> None:
    """Records are refused, a slow core, frames back to back: some are dropped, every other one is right."""
    count = 600
    frames, expected = good_frames(block, count, seed=4)
    names = ("edge_frames", "edge_dropped", "dropped", "frames")
    script = [*block.load(), "gaps 0 97", block.beats("many", frames), "sent", "gaps 0 0", "idle 30000"]
    result = block.run([*script, *(f"read {{{name}}}" for name in names)], (DMA, 4 * CORE, AXIL), 5)
    begun, dropped, core_dropped, taken = result.reads
    assert begun == count
    assert core_dropped == 0
    assert 0 < dropped < count
    assert len(result.records) == taken == count - dropped
    numbers = [int(record["pulse_id"]) - 1000 for record in result.records]
    assert numbers == sorted(set(numbers))
    for number, record, dest in zip(numbers, result.records, result.dest, strict=True):
        check_record(record, expected[number])
        assert dest == frames[number].dest


@pytest.mark.parametrize("phase", [11, 12, 13])
def test_the_edges_add_what_the_page_says(block: Block, phase: int) -> None:
    """First beat in to last beat out, less the core's own latency by the exact model."""
    frames, _ = good_frames(block, 3)
    for frame in frames:
        frame.pause = 200
    result = block.run([*block.load(), block.beats("apart", frames), "records 3"], (DMA, CORE, AXIL), phase)
    core = simulate_core([item.kernel for item in block.design.instances]).latency_cycles * CORE
    added = [time - start - core for start, time in zip(result.starts, result.times, strict=True)]
    assert max(added) <= ADDED_PS
    assert min(added) >= 0.8 * ADDED_PS


def test_registers_of_both_clocks(block: Block) -> None:
    script = ["write {scratch} 0x12345678", "write {edge_scratch} 0x9abcdef0", "read {scratch}", "read {edge_scratch}"]
    script += ["read {magic}", "read {edge_magic}", "read {edge_frame_bytes}", "read {edge_record_bytes}"]
    script += ["strobe {scratch} 0 7", "strobe {edge_scratch} 0 0", "read {scratch}", "read {edge_scratch}"]
    result = block.run(script, (DMA, CORE, AXIL), 6)
    sizes = [block.frames.frame_bytes, block.frames.record_bits // 8]
    assert result.reads == [0x12345678, 0x9ABCDEF0, 0x52434653, 0x45464653, *sizes, 0x12345678, 0x9ABCDEF0]
    assert result.answers == [OKAY] * 8 + [SLVERR] * 2 + [OKAY] * 2


def test_a_clock_that_stands_still_ends_in_an_error_and_harms_nothing(block: Block) -> None:
    frames, expected = good_frames(block, 3, seed=7)
    script = [*block.load(), "write {scratch} 7", "clock core off", "read {status}", "read {status}"]
    script += ["read {edge_magic}", "clock core on", "idle 100", "read {scratch}"]
    script += [block.beats("three", frames), "records 3"]
    result = block.run(script, (DMA, CORE, AXIL), 8)
    assert result.reads == [0, 0, 0x45464653, 7]
    assert result.answers[-4:] == [SLVERR, SLVERR, OKAY, OKAY]
    for record, row in zip(result.records, expected, strict=True):
        check_record(record, row)


@pytest.mark.parametrize("clock", ["dma", "core", "axil"])
def test_a_reset_of_any_clock_resets_the_block_and_leaves_no_word_behind(block: Block, clock: str) -> None:
    """In the middle of a frame and of a record; afterwards only new frames give records."""
    before, _ = good_frames(block, 6, seed=8)
    after, expected = good_frames(block, 4, seed=9)
    for frame in after:
        frame.payload = (5_000_000).to_bytes(4, "little") + frame.payload[4:]
    script = [
        *block.load(),
        block.beats("before", before),
        "gaps 0 60",
        "idle 40",
        f"reset {clock} 3",
        "sent",
        "idle 300",
    ]
    script += [*block.load(0), "gaps 20 20", "write {edge_control} 1", block.beats("after", after), "idle 1500"]
    result = block.run([*script, "read {edge_frames}", "read {edge_records}"], (DMA, CORE, AXIL), 9)
    new = [n for n, record in enumerate(result.records) if record["pulse_id"] == 5_000_000]
    assert new == list(range(len(result.records) - 4, len(result.records)))
    for record, row in zip(result.records[-4:], expected, strict=True):
        check_record(record, row)
        assert not int(record["flags"]) & FAIL_OPEN
    assert result.reads == [4, 4]


def binary_pointers(rtl: Path) -> None:
    """A FIFO whose pointers cross as they are."""
    path = rtl / "sf_async_fifo.sv"
    text = path.read_text(encoding="utf-8")
    for side in ("write", "read"):
        text = text.replace(f"{side}_gray <= {side}_next ^ ({side}_next >> 1);", f"{side}_gray <= {side}_next;")
        text = text.replace(f"= ^{side}_gray_seen[ADDR_BITS:i];", f"= {side}_gray_seen[i];")
    path.write_text(text, encoding="utf-8")


def every_frame_is_told(block: Block, clocks: Sequence[int]) -> None:
    """Each of 200 frames gives one record in order, or is counted as dropped."""
    frames, _ = good_frames(block, 200)
    script = [*block.load(), block.beats("frames", frames), "idle 30000", "read {edge_dropped}"]
    result = block.run(script, clocks)
    assert len(result.records) + result.reads[0] == 200
    assert sorted(set(result.records["pulse_id"])) == list(result.records["pulse_id"])


def test_every_frame_is_told(block: Block) -> None:
    every_frame_is_told(block, CLOCKS["a slow core"])


@pytest.mark.slow
def test_the_noise_of_the_crossings_finds_pointers_without_gray_code(tmp_path: Path) -> None:
    network = topology(LAYERS, TensorType(unsigned(6), (1, 8, 9)))
    block = Block(chain(network, 2), tmp_path, edit=binary_pointers)
    with pytest.raises((StageError, AssertionError)):
        every_frame_is_told(block, CLOCKS["a slow core"])


WIDE = {
    "64 bits, a chain": (lambda: small(4), 64),
    "a word wider than a beat": (lambda: head_only(200, 88, 2, 2), 64),
    "a word of more than one beat of 256": (lambda: head_only(200, 88, 2, 2), 256),
    "a word a row": (lambda: head_only(7, 7, 2, 1), 128),
    "lanes of one pixel": (lambda: small(1), 256),
    "512 bits, a chain": (lambda: small(4), 512),
    "a word wider than a beat of 512": (lambda: head_only(200, 88, 2, 2), 512),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDE)
def test_other_widths(name: str, tmp_path: Path) -> None:
    design, bits = WIDE[name]
    block = Block(design(), tmp_path, bits)
    frames, expected = good_frames(block, 8)
    for frame in frames:
        frame.pause = 200  # longer than any of these takes
    result = block.run(
        [*block.load(), block.beats("frames", frames), "gaps 20 30", "records 8", "read {edge_dropped}"],
        (DMA, CORE, AXIL),
    )
    for record, row in zip(result.records, expected, strict=True):
        check_record(record, row)
    assert result.reads == [0]

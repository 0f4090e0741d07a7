"""Frames that end early, at every length and in every way: none passes as whole, none waits for the next one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from speckleforge.fixed.types import unsigned
from speckleforge.ir.design import Design
from speckleforge.ir.types import TensorType
from speckleforge.tools.find import installed
from tests.emit.designs import chain, head_only
from tests.emit.firmware.block import Block, Sent, check_record
from tests.networks import topology

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]

CLOCKS = (4000, 5000, 8000)  # ps
KEPT = 1
SHORT, ERROR = 1 << 10, 1 << 13
FAIL_OPEN = 0x3F00
APART = 150  # cycles between frames: longer than any of these takes
LAYERS = (("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("head", {"prototypes": 2}))


def pooled(bits: int, rows: int, columns: int, lanes: int) -> Design:
    """A pool and a head."""
    return chain(topology(LAYERS, TensorType(unsigned(bits), (1, rows, columns))), lanes)


DESIGNS: dict[str, tuple[Callable[[], Design], int]] = {
    "a byte in the last beat, less than the last word": (lambda: pooled(8, 3, 11, 8), 256),
    "more in the last beat than the last word": (lambda: pooled(6, 8, 9, 2), 256),
    "many beats, the last word in one of them": (lambda: pooled(8, 3, 11, 2), 64),
    "a last word of more than two beats": (lambda: head_only(34, 34, 1, 1), 64),
    "two words, wider than a beat": (lambda: head_only(60, 34, 1, 1), 64),
}
ONE_WORD = "a last word of more than two beats"


SLOW = ("more in the last beat than the last word", "two words, wider than a beat")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in DESIGNS],
)
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Block]:
    design, bits = DESIGNS[request.param]
    return request.param, Block(design(), tmp_path_factory.mktemp("cut"), bits, ["-GAXIL_TIMEOUT_BITS=12"])


def cuts(block: Block) -> list[tuple[int, bool]]:
    """(bytes behind the header, has a last): every length short of a whole frame, whole beats also without a last."""
    size = block.bits // 8
    return [
        (count, last)
        for count in range(block.frames.payload_bytes)
        for last in (True, False)
        if last or count % size == 0
    ]


def flags_of(block: Block, count: int, last: bool, one_word: bool) -> int:
    """What the record says of a frame of so many bytes behind its header.

    Beats that are there in part are an error where a last says so; what lacks a beat is short, and a core of one
    word to a frame, which knows no short frame, is told of an error.
    """
    size = block.bits // 8
    in_last_beat = count > (block.frames.beats - 1) * size
    torn = ERROR if last and count % size else 0
    return torn if in_last_beat else (torn | ERROR if one_word else torn | SHORT)


def test_every_length_is_flagged_and_its_neighbours_are_untouched(named: tuple[str, Block]) -> None:
    """A whole frame behind each cut one; noise where bytes are missing."""
    name, block = named
    cases = cuts(block)
    images, expected = block.images(2 * len(cases), 1)
    sent = [Sent(block.frame(image, 1000 + n), dest=n % 256, pause=APART) for n, image in enumerate(images)]
    for frame, (count, last) in zip(sent[::2], cases, strict=True):
        frame.payload, frame.last = frame.payload[: block.frames.header_bytes + count], last
    names = ("wrong_length", "dropped", "records", "stray")
    script = [*block.load(), block.beats("cut", sent), f"records {len(sent)}", "idle 100"]
    result = block.run([*script, *(f"read {{edge_{one}}}" for one in names)], CLOCKS, 3)
    assert list(result.records["pulse_id"]) == [1000 + n for n in range(len(sent))]
    assert result.dest == [frame.dest for frame in sent]
    found = [int(record["flags"]) for record in result.records]
    told = [(count, last, flags & FAIL_OPEN) for (count, last), flags in zip(cases, found[::2], strict=True)]
    assert told == [(*case, flags_of(block, *case, name == ONE_WORD)) for case in cases]
    assert all(flags & KEPT for flags in found[::2])
    for record, row in zip(result.records[1::2], expected[1::2], strict=True):
        check_record(record, row)
        assert not int(record["flags"]) & FAIL_OPEN
    assert result.reads == [len(cases), 0, len(sent), 0]


def test_frames_of_nothing_but_a_header_do_not_lose_one_another(named: tuple[str, Block]) -> None:
    """Without a pause: one beat may begin and end a frame and cut another one. Ids and errors stay apart."""
    name, block = named
    images, expected = block.images(6, 2)
    sent = [Sent(block.frame(image, 1000 + n), dest=n) for n, image in enumerate(images)]
    for frame in sent[1:5]:
        frame.payload = frame.payload[: block.frames.header_bytes]
    sent[2].payload = sent[2].payload[: block.bits // 8]  # not even all of it
    sent[0].payload, sent[0].last = sent[0].payload[: block.frames.header_bytes + block.bits // 8], False
    sent[1].eofe = sent[4].eofe = True
    sent[3].last = False
    result = block.run([*block.load(), block.beats("bare", sent), "records 6"], CLOCKS, 4)
    assert list(result.records["pulse_id"]) == [1000 + n for n in range(6)]
    assert result.dest == list(range(6))
    short = ERROR if name == ONE_WORD else SHORT
    wanted = [short, short | ERROR, short, short, short | ERROR, 0]
    assert [int(record["flags"]) & FAIL_OPEN for record in result.records] == wanted
    check_record(result.records[5], expected[5])


def test_a_cut_frame_is_told_though_the_next_one_is_dropped(named: tuple[str, Block]) -> None:
    """The core stands still until frames, each cut by the next, find no room; then nothing comes any more."""
    _, block = named
    count = 600
    images, _ = block.images(1, 3)
    header = block.frames.header_bytes
    cut = [Sent(block.frame(images[0], n)[: header + block.bits // 8], last=False) for n in range(count)]
    script = [*block.load(), "clock core off", block.beats("cut", cut), "sent", "idle 20", "clock core on"]
    result = block.run([*script, "idle 20000", "read {edge_frames}", "read {edge_dropped}"], CLOCKS, 5)
    frames, dropped = result.reads
    assert frames == count
    assert 0 < dropped < count
    assert list(result.records["pulse_id"]) == list(range(count - dropped))
    assert np.all(result.records["flags"] & (SHORT | ERROR))

"""The HLS block as a host sees it: weight images, banks, broken frames, records, registers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from speckleforge.emit.hls.registers import hls_registers, image_offset, image_words
from speckleforge.emit.hls.turn import turn_bytes
from speckleforge.ir.design import Design
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from tests.emit.designs import small
from tests.emit.hls.block import Block, Record
from tests.networks import random_parameters, random_words

GOOD, OTHER_LAYOUT, WRONG_CRC = 1, 2, 3
KEEP, ACCEPT, NETWORK_KEEP, PRESCALED, BANK, NOT_LOADED, SHORT, LONG = 0, 1, 2, 3, 4, 8, 10, 11
DESIGN = small(2)
SETS = [random_parameters(DESIGN.topology, seed) for seed in (1, 2)]
IMAGES = [build_image(DESIGN.layout, found.values) for found in SETS]
WORDS = random_words(DESIGN.topology, 6, 5)
FRAME = DESIGN.source.words
LOAD_TURNS = -(-(len(IMAGES[0]) - 16) // turn_bytes(DESIGN))  # the header takes none


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Block:
    found = Block(DESIGN, tmp_path_factory.mktemp("hls"))
    for number, image in enumerate(IMAGES):
        found.image(f"image_{number}", image)
    for number, words in enumerate(WORDS):
        found.words(f"w{number}", words)
    return found


def frame(number: int, pulse: int | None = None, beats: int = FRAME) -> str:
    return f"frame w{number}.npy {number if pulse is None else pulse} {beats}"


def expected(design: Design, params: Mapping[str, np.ndarray], words: np.ndarray) -> np.ndarray:
    """Scores, class, slot, accept, keep of the reference: [N, slots + 4]."""
    return run_topology(design.topology, words, params)[design.topology.nodes[-1].name]


def check(record: Record, row: np.ndarray, pulse: int, image: bytes) -> None:
    """A trustworthy frame's record."""
    assert record.pulse_id == pulse
    assert record.image_id == int.from_bytes(image[8:12], "little")
    assert list(record.scores) == list(row[:-4])
    label, slot, accept, keep = row[-4:]
    assert (record.label, record.slot) == (label, slot)
    assert (record.flag(ACCEPT), record.flag(NETWORK_KEEP), record.flag(KEEP)) == (accept == 1, keep == 1, keep == 1)
    assert not any(record.flag(bit) for bit in (NOT_LOADED, SHORT, LONG, PRESCALED))


def test_every_record_is_the_references(block: Block) -> None:
    loads, records, _ = block.run("load image_0 0", *(frame(n, 100 + n) for n in range(6)))
    rows = expected(DESIGN, SETS[0].values, WORDS)
    assert loads == [GOOD]
    for n, record in enumerate(records):
        check(record, rows[n], 100 + n, IMAGES[0])
        assert record.sequence == n


def test_banks_hold_their_own_weights(block: Block) -> None:
    loads, records, registers = block.run(
        "load image_0 0", frame(0), "load image_1 1", frame(0), frame(1), "load image_0 1", frame(1), "registers"
    )
    first, second = (expected(DESIGN, found.values, WORDS) for found in SETS)
    assert loads == [GOOD] * 3
    for record, row, pulse, image in zip(
        records, (first[0], second[0], second[1], first[1]), (0, 0, 1, 1), (0, 1, 1, 0), strict=True
    ):
        check(record, row, pulse, IMAGES[image])
    assert [record.flag(BANK) for record in records] == [False, True, True, True]
    assert (registers["count_loads"], registers["count_frames"]) == (3, 4)
    assert registers["status"] == 1 << 4 | 3 << 8 | 1 << 12


def test_weights_load_beside_frames_that_keep_theirs(block: Block) -> None:
    frames = [frame(n % 6) for n in range(LOAD_TURNS + 1)]
    script = ["load image_0 0", "ask image_1 1", *frames, "registers", "use", frame(3)]
    loads, records, registers = block.run(*script)
    old, new = (expected(DESIGN, found.values, WORDS) for found in SETS)
    assert loads == [GOOD, GOOD]
    for n, record in enumerate(records[:-1]):
        check(record, old[n % 6], n % 6, IMAGES[0])
    check(records[-1], new[3], 3, IMAGES[1])
    assert registers["status"] & 1 == 0
    assert registers["count_loads"] == 2


def test_a_load_into_the_bank_in_use_is_seen_by_the_next_frame(block: Block) -> None:
    frames = [frame(1)] * (LOAD_TURNS + 1)
    loads, records, _ = block.run("load image_0 0", "ask image_1 0", *frames, "use", frame(2))
    old, new = (expected(DESIGN, found.values, WORDS) for found in SETS)
    assert loads == [GOOD, GOOD]
    check(records[0], old[1], 1, IMAGES[0])  # it was let through before the first byte
    assert all(record.flag(NOT_LOADED) and record.flag(KEEP) for record in records[1:LOAD_TURNS])
    check(records[LOAD_TURNS], new[1], 1, IMAGES[1])
    check(records[-1], new[2], 2, IMAGES[1])


def test_an_empty_turn_gives_no_record_but_the_registers(block: Block) -> None:
    _, records, registers = block.run("idle", "registers")
    assert records == []
    assert (registers["layout_id"], registers["count_frames"]) == (DESIGN.layout.layout_id, 0)


def test_settings_after_a_reset_begin_no_load_and_end_one(block: Block) -> None:
    before = ["forget", frame(0), "load image_0 0", "ask image_1 1", frame(1), "forget", frame(1), "registers"]
    loads, records, registers = block.run(*before, "load image_1 1", frame(2))
    assert loads == [GOOD, GOOD]
    assert records[0].flag(NOT_LOADED)
    assert registers["count_loads"] == 1
    assert registers["status"] >> 8 & 3 == 1  # what was begun counts for nothing
    check(records[-1], expected(DESIGN, SETS[1].values, WORDS)[2], 2, IMAGES[1])


def test_without_weights_frames_are_kept_and_flagged(block: Block) -> None:
    _, (record,), registers = block.run(frame(0), "registers")
    assert (record.image_id, record.flag(NOT_LOADED), record.flag(KEEP)) == (0, True, True)
    assert (registers["count_kept"], registers["count_kept_fail_open"]) == (1, 1)


@pytest.mark.parametrize(
    ("at", "value", "result"),
    [(0, 0, OTHER_LAYOUT), (4, 0xEE, OTHER_LAYOUT), (12, 1, OTHER_LAYOUT), (40, 0x55, WRONG_CRC)],
)
def test_a_bad_image_is_refused(block: Block, at: int, value: int, result: int) -> None:
    bad = bytearray(IMAGES[1])
    bad[at] ^= value or 0xFF
    block.image("bad", bytes(bad))
    loads, records, registers = block.run(
        "load image_0 1", frame(0), "load bad 0", frame(0), "load image_0 0", frame(0), "registers"
    )
    assert loads == [GOOD, result, GOOD]
    rows = expected(DESIGN, SETS[0].values, WORDS)
    check(records[0], rows[0], 0, IMAGES[0])
    assert records[1].flag(NOT_LOADED)
    assert records[1].flag(KEEP)
    check(records[2], rows[0], 0, IMAGES[0])  # a bad image leaves nothing behind
    assert registers["count_layout_errors"] == (result == OTHER_LAYOUT)
    assert registers["count_crc_errors"] == (result == WRONG_CRC)


def test_a_refused_layout_leaves_its_bank_as_it_was(block: Block) -> None:
    other = bytearray(IMAGES[1])
    other[4] ^= 1
    block.image("other", bytes(other))
    loads, (record,), _ = block.run("load image_0 1", "load other 1", frame(2))
    assert loads == [GOOD, OTHER_LAYOUT]
    check(record, expected(DESIGN, SETS[0].values, WORDS)[2], 2, IMAGES[0])


def test_short_and_long_frames_are_flagged_and_the_next_is_whole(block: Block) -> None:
    script = [
        frame(0),
        frame(1, beats=FRAME // 2),
        frame(1),
        frame(2, beats=FRAME + 9),
        frame(2),
        frame(3, beats=0),
        frame(3),
    ]
    _, records, registers = block.run("load image_1 0", *script, "registers")
    rows = expected(DESIGN, SETS[1].values, WORDS)
    for number in (0, 2, 4, 6):
        check(records[number], rows[number // 2], number // 2, IMAGES[1])
    assert [(r.flag(SHORT), r.flag(LONG)) for r in records[1::2]] == [(True, False), (False, True), (True, False)]
    assert all(record.flag(KEEP) for record in records[1::2])
    # What a short frame lacks is zero: its record is that of the padded one.
    assert (registers["count_short"], registers["count_long"], registers["count_kept_fail_open"]) == (2, 1, 3)


def test_a_short_frame_is_padded_with_zeros(block: Block) -> None:
    rows = FRAME // DESIGN.source.words_per_row
    half = np.copy(WORDS[1])
    half[:, rows // 2 :] = 0
    beats = rows // 2 * DESIGN.source.words_per_row
    _, (record,), _ = block.run("load image_0 0", frame(1, beats=beats))
    assert list(record.scores) == list(expected(DESIGN, SETS[0].values, half[None])[0, :-4])


def test_a_prescaled_fraction_is_kept(block: Block) -> None:
    _, records, registers = block.run("load image_0 0", "prescale 3", *(frame(n) for n in range(6)), "registers")
    assert [record.flag(PRESCALED) for record in records] == [True, False, False, True, False, False]
    assert all(record.flag(KEEP) for record in records if record.flag(PRESCALED))
    assert registers["count_prescaled"] == 2


def test_a_host_reads_what_it_is(block: Block) -> None:
    _, _, registers = block.run(frame(0), "registers")
    found = {row.port: row.value for row in hls_registers(DESIGN) if row.process == "identity"}
    assert {name: registers[name] for name in found} == found
    assert found["layout_id"] == DESIGN.layout.layout_id
    assert found["design_id"] == int(DESIGN.design_id[:8], 16)


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize("banks", [1, 2])
def test_other_lanes_and_one_bank(lanes: int, banks: int, tmp_path: Path) -> None:
    design = small(lanes, fold=0.9, banks=banks)
    params = random_parameters(design.topology, 7)
    image = build_image(design.layout, params.values)
    block = Block(design, tmp_path)
    block.image("image", image)
    script = [f"frame {block.words(f'w{n}', words)} {n} {design.source.words}" for n, words in enumerate(WORDS)]
    loads, records, _ = block.run(f"load image {banks - 1}", *script)
    assert loads == [GOOD]
    for n, (record, row) in enumerate(zip(records, expected(design, params.values, WORDS), strict=True)):
        check(record, row, n, image)


def test_values_that_nobody_wrote_reach_no_result(tmp_path: Path) -> None:
    block = Block(DESIGN, tmp_path, ("-DSF_AP_NOISE",))
    block.image("image", IMAGES[0])
    script = [f"frame {block.words(f'w{n}', words)} {n} {FRAME}" for n, words in enumerate(WORDS)]
    _, records, _ = block.run(script[0], "noise", "load image 1", *script)  # static memories begin with zeros
    for n, (record, row) in enumerate(zip(records[1:], expected(DESIGN, SETS[0].values, WORDS), strict=True)):
        check(record, row, n, IMAGES[0])


def test_registers_do_not_overlap_the_image() -> None:
    rows = hls_registers(DESIGN)
    offsets = [row.offset for row in rows]
    assert offsets == sorted(set(offsets))
    assert all(offset % 8 == 0 for offset in offsets)
    base = image_offset(DESIGN)
    assert base > offsets[-1]
    assert base & (base - 1) == 0
    assert base >= 4 * image_words(DESIGN)

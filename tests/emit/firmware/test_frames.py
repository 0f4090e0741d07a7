"""Packers for hosts: numpy and C agree, and both say what a bit by bit reading says; numbers of the frame format."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from speckleforge.emit.firmware.files import HERE, firmware_files
from speckleforge.emit.firmware.frame_format import FrameFormat, dma_of
from speckleforge.emit.firmware.host.sf_frames import HEADER_BYTES, pack_frame, record_type
from speckleforge.emit.record import record_fields
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.stream import StreamType
from speckleforge.tools.find import installed
from tests.emit.designs import small
from tests.emit.firmware.block import target

MAIN = """
#include "sf_frames.h"
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    const unsigned bits = (unsigned)atoi(argv[1]);
    const size_t count = (size_t)atoi(argv[2]);
    uint16_t *pixels = malloc(2 * count);
    uint8_t *out = malloc(sf_frame_bytes(count, bits));
    if (fread(pixels, 2, count, stdin) != count) return 1;
    sf_pack_frame(out, pixels, count, bits, (uint32_t)strtoul(argv[3], NULL, 0));
    fwrite(out, 1, sf_frame_bytes(count, bits), stdout);
    return argc != 4;
}
"""


def pixels(rows: int, columns: int, bits: int, seed: int = 1) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(1 << bits, size=(rows, columns))


@given(st.integers(1, 16), st.integers(1, 7), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_every_bit_is_in_its_place(bits: int, rows: int, columns: int, pulse_id: int) -> None:
    image = pixels(rows, columns, bits)
    frame = pack_frame(image, pulse_id, bits)
    number = int.from_bytes(frame, "little")
    assert len(frame) == HEADER_BYTES + -(-rows * columns * bits // 8)
    assert number & ((1 << 256) - 1) == pulse_id
    for place, value in enumerate(image.ravel()):
        assert number >> (256 + place * bits) & ((1 << bits) - 1) == value
    assert number >> (256 + image.size * bits) == 0


def test_pixels_of_whole_bytes_are_the_arrays_own() -> None:
    image = pixels(5, 7, 8).astype(np.uint8)
    assert pack_frame(image, 3, 8)[HEADER_BYTES:] == image.tobytes()
    wide = pixels(5, 7, 16).astype("<u2")
    assert pack_frame(wide, 3, 16)[HEADER_BYTES:] == wide.tobytes()
    assert pack_frame(np.array([[-1, 1]]), 0, 4)[HEADER_BYTES:] == b"\x1f"


def test_the_example_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs" / "firmware.md").read_text(encoding="utf-8")
    example = page.partition("<!-- tested: tests/emit/firmware/test_frames.py -->")[2].split("```")[1]
    assert example.startswith("python\n")
    monkeypatch.syspath_prepend(str(HERE / "host"))
    exec(compile(example.removeprefix("python\n"), "docs/firmware.md", "exec"), {})


def test_a_pixel_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit into 4 bits: 0 to 16"):
        pack_frame(np.array([[0, 16]]), 0, 4)


@pytest.mark.skipif(installed("g++") is None, reason="needs a C compiler")
@pytest.mark.parametrize("header", [32, 64])
def test_c_and_numpy_agree(header: int, tmp_path: Path) -> None:
    (tmp_path / "main.c").write_text(MAIN, encoding="utf-8")
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-I", str(HERE / "host"), "main.c", "-o", "pack"]
    defined = [] if header == HEADER_BYTES else [f"-DSF_HEADER_BYTES={header}u"]
    subprocess.run([*command, *defined], cwd=tmp_path, check=True)
    for bits in (1, 3, 4, 6, 8, 12, 13, 16):
        image = pixels(11, 13, bits, bits).astype("<u2")
        words = [tmp_path / "pack", str(bits), str(image.size), "0xdeadbeef"]
        done = subprocess.run(words, input=image.tobytes(), capture_output=True, check=True)
        assert done.stdout == pack_frame(image, 0xDEADBEEF, bits, header)


def test_a_record_type_has_the_fields_of_the_record() -> None:
    kind = record_type(3)
    assert kind.itemsize * 8 == sum(bits for _, bits, _ in record_fields(3))
    offsets = {name: kind.fields[name][1] for name in kind.names}  # type: ignore[index,union-attr]
    low = 0
    for name, bits, _ in record_fields(3):
        field = "scores" if name.startswith("score_") else name
        index = int(name.rpartition("_")[2]) * 4 if field == "scores" else 0
        assert offsets[field] * 8 + index * 8 == low
        low += bits


@given(
    st.integers(1, 16), st.integers(1, 40), st.integers(1, 70), st.integers(1, 9), st.sampled_from([64, 128, 256, 512])
)
def test_numbers_of_a_frame_fit_together(bits: int, lanes: int, width: int, height: int, data_bits: int) -> None:
    frames = FrameFormat(StreamType(unsigned(bits), 1, lanes, width, height), data_bits, 192)
    stream = frames.stream
    row = (stream.words_per_row - 1) * stream.word_bits + frames.tail_bits
    assert row == width * bits
    assert 0 < frames.tail_bytes <= data_bits // 8
    assert (frames.beats - 1) * data_bits // 8 + frames.tail_bytes == frames.payload_bytes
    assert all(value % frames.grain == 0 for value in (data_bits, stream.word_bits, frames.tail_bits))
    assert frames.buffer_beats * data_bits >= stream.word_bits + data_bits
    assert 1 << frames.addr_bits >= 2 * (frames.beats + 1)
    assert frames.header_bytes >= HEADER_BYTES
    assert frames.header_bytes % (data_bits // 8) == 0
    assert frames.frame_bytes == len(pack_frame(np.zeros((height, width)), 0, bits, frames.header_bytes))


def test_a_stream_of_no_such_width_is_refused() -> None:
    board = target(1024)
    with pytest.raises(DesignError, match=r"links.dma.bits(.*\n)*.*64, 128, 256, 512"):
        dma_of(board)


def test_without_a_stream_there_is_a_page_that_says_so() -> None:
    design = small(interface="stream")
    board = {"name": "none", "links": {}}
    files = firmware_files(design, rtl_files(design, board), board)
    assert list(files) == ["README.md"]
    assert "no AXI streams to a firmware tree: targets/none.yaml has no link of kind `stream`" in files["README.md"]

"""The gearbox by itself, at full speed: words, places and cycles, for the shapes of real designs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speckleforge.emit.firmware.files import HERE
from speckleforge.emit.firmware.frame_format import HEADER_BYTES, FrameFormat
from speckleforge.emit.firmware.host.sf_frames import pack_frame
from speckleforge.fixed.types import unsigned
from speckleforge.ir.stream import StreamType
from speckleforge.layers.rtl import RTL
from speckleforge.tools.find import find_tool, installed
from speckleforge.tools.process import minimal_environment, run_tool
from speckleforge.verify.rtl import encode_frames
from tests.emit.firmware.block import PCH

FIRST, LAST = 1, 2
COUNT = 4

SHAPES = {
    "KCU1500 at 1 MHz": (StreamType(unsigned(8), 1, 22, 65, 65), 256),
    "4 bits a pixel": (StreamType(unsigned(4), 1, 22, 65, 13), 256),
    "as many beats as words": (StreamType(unsigned(8), 1, 8, 40, 8), 64),
    "words wider than a beat": (StreamType(unsigned(16), 1, 22, 65, 5), 256),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]


def entries(frames: FrameFormat, images: np.ndarray, width: int) -> bytes:
    """Entries {id, broken, over, empty, last, first, data} of all frames, `width` bytes each."""
    size = frames.data_bits // 8
    rows = []
    for number, image in enumerate(images):
        body = pack_frame(image, number, frames.stream.element.bits)[HEADER_BYTES:]
        for i in range(frames.beats):
            beat = int.from_bytes(body[i * size : (i + 1) * size], "little")
            marks = (i == 0) | (i == frames.beats - 1) << 1 | number << 5
            rows.append(beat | marks << frames.data_bits)
    return b"".join(row.to_bytes(width, "little") for row in rows)


def build(frames: FrameFormat, folder: Path) -> Path:
    """The program."""
    stream = frames.stream
    values = {"DATA_BITS": frames.data_bits, "WORD_BITS": stream.word_bits, "TAIL_BITS": frames.tail_bits}
    values |= {"WORDS_PER_ROW": stream.words_per_row, "WORDS": stream.words, "GRAIN": frames.grain}
    values["BEATS"] = frames.buffer_beats
    tool = find_tool("verilator")
    command = [*tool.command, "--cc", "--exe", "--build", "--top-module", "sf_gearbox", "-Mdir", "obj", "-Wno-fatal"]
    command += ["-MAKEFLAGS", PCH, "-CFLAGS", "-std=c++20", *(f"-G{name}={value}" for name, value in values.items())]
    command += [
        str(RTL / "sf_fifo.sv"),
        str(HERE / "rtl" / "sf_gearbox.sv"),
        str(Path(__file__).parent / "gearbox_bench.cpp"),
    ]
    run_tool(command, cwd=folder, log=folder / "build.log", env=minimal_environment(tool.env))
    return folder / "obj" / "Vsf_gearbox"


def c_bytes(bits: int) -> int:
    """Bytes of a port in C++: a power of two up to 8, else whole words of 32 bits."""
    if bits <= 64:
        return next(size for size in (1, 2, 4, 8) if bits <= 8 * size)
    return -(-bits // 32) * 4


@pytest.mark.parametrize("name", SHAPES)
def test_words_and_cycles(name: str, tmp_path: Path) -> None:
    stream, data_bits = SHAPES[name]
    frames = FrameFormat(stream, data_bits, 384)
    program = build(frames, tmp_path)
    rng = np.random.default_rng(1)
    images = rng.integers(1 << stream.element.bits, size=(COUNT, stream.height, stream.width, stream.channels))
    (tmp_path / "entries").write_bytes(entries(frames, images, c_bytes(data_bits + 45)))
    cycles = COUNT * (stream.words + 2 * frames.beats) + 200
    run_tool([program, "entries", "out", str(cycles)], cwd=tmp_path, log=tmp_path / "run.log")
    kind = np.dtype([("cycle", "<u4"), ("marks", "<u4"), ("data", "u1", (c_bytes(stream.word_bits),))])
    words = np.fromfile(tmp_path / "out", kind).reshape(COUNT, stream.words)
    expected_marks = np.zeros(stream.words, int)
    expected_marks[0], expected_marks[-1] = FIRST, LAST
    assert (words["marks"] == expected_marks).all()
    check_pixels(stream, words["data"], images)
    # A word a cycle, and none between two frames; the stream itself is slower where words are wider than a beat.
    assert (np.diff(words["cycle"][:, 0]) == max(stream.words, frames.beats)).all()


def check_pixels(stream: StreamType, data: np.ndarray, images: np.ndarray) -> None:
    """All bits that lie inside the image."""
    expected = np.unpackbits(encode_frames(images.transpose(0, 3, 1, 2), stream), axis=-1, bitorder="little")
    got = np.unpackbits(data, axis=-1, bitorder="little")[:, :, : stream.word_bits]
    used = stream.width * stream.channels * stream.element.bits
    rows = (COUNT, stream.height, stream.words_per_row * stream.word_bits)
    words = (COUNT, stream.words, stream.word_bits)
    np.testing.assert_array_equal(
        got.reshape(rows)[:, :, :used],
        expected.reshape(*words[:2], -1)[:, :, : stream.word_bits].reshape(rows)[:, :, :used],
    )

"""Words of streams to arrays and back, for any lanes, channels and offset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import MismatchError
from speckleforge.fixed.types import IntType, signed
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.verify.rtl import encode_frames
from speckleforge.verify.streams import decode, read_trace


@st.composite
def streams(draw: st.DrawFn) -> StreamType:
    is_signed = draw(st.booleans())
    element = IntType(draw(st.integers(2 if is_signed else 1, 17)), is_signed)
    lanes = draw(st.integers(1, 5))
    return StreamType(
        element,
        draw(st.integers(1, 3)),
        lanes,
        draw(st.integers(1, 9)),
        draw(st.integers(1, 4)),
        draw(st.integers(0, lanes - 1)),
    )


@given(streams(), st.integers(0, 2**32 - 1))
def test_decode_is_the_inverse_of_encode(stream: StreamType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (3, stream.channels, stream.height, stream.width)
    image = rng.integers(stream.element.min, stream.element.max, size=shape, endpoint=True)
    words = encode_frames(image, stream)
    assert words.shape == (3, stream.words, -(-stream.word_bits // 8))
    back = decode(words, stream, TensorType(stream.element, shape[1:]))
    np.testing.assert_array_equal(back, image)
    assert back.dtype == np.dtype(stream.element.numpy)


def test_lanes_outside_the_image_do_not_count() -> None:
    stream = StreamType(signed(4), 1, 4, 5, 1, offset=2)
    words = encode_frames(np.arange(-2, 3).reshape(1, 1, 1, 5), stream)
    other = words.copy()
    other[0, 0, 0] ^= 0xFF  # columns -2 and -1
    other[0, 1, 1] ^= 0xF0  # column 5
    tensor = TensorType(signed(4), (1, 1, 5))
    np.testing.assert_array_equal(decode(words, stream, tensor), decode(other, stream, tensor))


STREAM = StreamType(IntType(8, False), 1, 1, 3, 1)
TENSOR = TensorType(IntType(8, False), (3,))
GOOD = [(2, 1, 7), (2, 0, 8), (2, 2, 9)]


def trace_file(folder: Path, words: list[tuple[int, int, int]]) -> Path:
    (folder / "stream.bin").write_bytes(bytes(value for word in words for value in word))
    return folder / "stream.bin"


def test_a_trace_is_cut_into_frames(tmp_path: Path) -> None:
    trace = read_trace(trace_file(tmp_path, GOOD * 2), "x", STREAM, TENSOR)
    assert trace.frames == 2
    assert list(trace.tags()) == [2, 2]
    [(start, values)] = list(trace.chunks())
    assert start == 0
    np.testing.assert_array_equal(values, [[7, 8, 9], [7, 8, 9]])


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (GOOD[:2], "has not all its words"),
        ([GOOD[0], (2, 1, 8), GOOD[2]], "first and last marks"),
        ([GOOD[0], (4, 0, 8), GOOD[2]], "the tag changes"),
    ],
)
def test_broken_traces_are_refused(words: list[tuple[int, int, int]], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(MismatchError, match=complaint):
        read_trace(trace_file(tmp_path, words), "x", STREAM, TENSOR)

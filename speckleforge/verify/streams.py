"""What the bench collected, as arrays. Takes files of words and stream types; gives integers in the tensors' shapes.

Lanes outside the image are don't-care: they are cut away here. First and last marks and tags are checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType

CHUNK_ELEMENTS = 1 << 22  # decoded at once: bits take a byte each on the way
FIRST, LAST = 1, 2


@dataclass(frozen=True)
class Trace:
    """The words of one stream.

    Attributes
    ----------
    name
        As the design names it.
    stream, tensor
        How words are cut, and the shape that they carry.
    words
        Structured array [frames, words of a frame]: `tag`, `marks`, `data` (bytes).
    """

    name: str
    stream: StreamType
    tensor: TensorType
    words: NDArray[Any]

    @property
    def frames(self) -> int:
        """Frames collected."""
        return len(self.words)

    def tags(self) -> NDArray[np.uint8]:
        """The tag of each frame."""
        return np.asarray(self.words["tag"][:, 0], np.uint8)

    def chunks(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """(index of its first frame, integers [n, *shape]), a few frames at a time."""
        step = max(1, CHUNK_ELEMENTS // (self.stream.words * self.stream.word_bits))
        for start in range(0, self.frames, step):
            yield start, decode(self.words["data"][start : start + step], self.stream, self.tensor)


def read_trace(path: Path, name: str, stream: StreamType, tensor: TensorType) -> Trace:
    """Read a stream's file; whole frames only.

    Raises
    ------
    MismatchError
        If words are missing, a mark is wrong, or a tag changes inside a frame.
    """
    size = -(-stream.word_bits // 8)
    words = np.fromfile(path, np.dtype([("tag", "u1"), ("marks", "u1"), ("data", "u1", (size,))]))
    if len(words) % stream.words:
        got, allowed = f"{len(words)} words", f"a multiple of {stream.words}"
        raise MismatchError(Problem("a frame has not all its words", name, got, allowed))
    words = words.reshape(-1, stream.words)
    _check_marks(words, name)
    return Trace(name, stream, tensor, words)


def _check_marks(words: NDArray[Any], name: str) -> None:
    """First on the first word only, last on the last only, one tag a frame."""
    expected = np.zeros(words.shape[1], np.uint8)
    expected[0] |= FIRST
    expected[-1] |= LAST
    for what, wrong in (
        ("first and last marks are wrong", words["marks"] != expected),
        ("the tag changes inside a frame", words["tag"] != words["tag"][:, :1]),
    ):
        if wrong.any():
            frame, word = (int(i) for i in np.unravel_index(int(wrong.argmax()), wrong.shape))
            raise MismatchError(Problem(what, f"{name}, frame {frame}, word {word}"))


def decode(data: NDArray[np.uint8], stream: StreamType, tensor: TensorType) -> NDArray[Any]:
    """Bytes [n, words, bytes] -> integers [n, *shape] in the element's smallest type (s32 in int32)."""
    count, bits = len(data), stream.element.bits
    raw = np.unpackbits(data, axis=-1, bitorder="little")[..., : stream.word_bits]
    raw = raw.reshape(count, stream.height, stream.words_per_row * stream.lanes, stream.channels, bits)
    raw = raw[:, :, stream.offset : stream.offset + stream.width]
    value = np.zeros(raw.shape[:-1], np.int32 if bits <= 31 else np.int64)
    for bit in range(bits):
        weight = -(1 << bit) if stream.element.signed and bit == bits - 1 else 1 << bit
        value += raw[..., bit] * value.dtype.type(weight)
    shaped = value.transpose(0, 3, 1, 2).reshape(count, *tensor.shape)
    return shaped.astype(stream.element.numpy)

"""Frames in .npy and .npz files. Takes a path and, of an .npz, the member's name; gives blocks of frames.

Both are read as streams from their beginning, which works for compressed members as well; no pickle is ever executed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from speckleforge.data.files.reader import Array, FrameFile, frame_shape
from speckleforge.errors import FormatError, Problem, did_you_mean

UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)
"""What reading a damaged or encrypted array file may raise; an unknown compression is a `RuntimeError` as well."""


@contextmanager
def _opened(path: Path, member: str) -> Iterator[IO[bytes]]:
    """The stream of an array; raises `FormatError` where it cannot be read, at any time."""
    try:
        if not member:
            with path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(path) as archive, archive.open(f"{member}.npy") as inner:
            yield inner
    except UNREADABLE as error:
        what = "no such file" if not path.exists() else "not a readable array file"
        raise FormatError(Problem(what, str(path), got=str(error))) from error


def _header(stream: IO[bytes], where: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the array; the stream then stands at its first value."""
    version = npy_format.read_magic(stream)
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    if fortran or dtype.hasobject:
        got = "columns first" if fortran else "objects"
        raise FormatError(Problem("an array that cannot be streamed", where, got, "numbers in C order"))
    return shape, dtype


@dataclass(frozen=True)
class NpyFrames(FrameFile):
    """Frames of one array."""

    def blocks(self, size: int, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, Array]]:
        """Blocks with a wanted frame; others are passed over."""
        _, rows, columns = self.shape
        frame = rows * columns * self.dtype.itemsize
        with _opened(self.path, self.dataset) as stream:
            _header(stream, self.where)
            begin = stream.tell()
            for start, stop in self.starts(size, wanted):
                stream.seek(begin + start * frame)
                content = stream.read((stop - start) * frame)
                if len(content) != (stop - start) * frame:
                    got = f"{start + len(content) // frame} frames"
                    raise FormatError(Problem("the file ends early", self.where, got, f"{self.shape[0]} frames"))
                yield start, np.frombuffer(content, self.dtype).reshape(-1, rows, columns)


def npy_frames(name: str, path: Path, dataset: str) -> NpyFrames:
    """The frames of an .npy file, or of the member `dataset` of an .npz; raises `FormatError` where there are none."""
    member = dataset if path.suffix == ".npz" else ""
    if member:
        _check_member(path, member)
    with _opened(path, member) as stream:
        shape, dtype = _header(stream, str(path))
    return NpyFrames(name, path, member, frame_shape(path, member, shape, dtype), dtype)


def _check_member(path: Path, member: str) -> None:
    """An .npz without the member lists those that it has."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
    except UNREADABLE as error:
        what = "no such file" if not path.exists() else "not a readable array file"
        raise FormatError(Problem(what, str(path), got=str(error))) from error
    if member not in names:
        hint = did_you_mean(member, names) or "set data.dataset"
        raise FormatError(Problem("no such dataset in the file", str(path), member, ", ".join(names), hint))

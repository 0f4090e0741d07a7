"""Frames of one file, some at a time. Takes a path and a dataset; gives blocks of consecutive frames.

Files are read, not mapped: memory holds one block, whatever the size of the file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem

Array = NDArray[Any]
WANTED_RANK = "[frames, rows, columns]"


@dataclass(frozen=True)
class FrameFile(ABC):
    """One file with frames: what is known before a frame is read.

    Attributes
    ----------
    name
        As the spec names it.
    path, dataset
        Where the frames lie.
    shape
        Frames, rows, columns.
    dtype
        Type of a value.
    """

    name: str
    path: Path
    dataset: str
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]

    @property
    def where(self) -> str:
        """File and dataset, for messages."""
        return f"{self.path}, dataset '{self.dataset}'" if self.dataset else str(self.path)

    @abstractmethod
    def blocks(self, size: int, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, Array]]:
        """Index of the first frame and the frames [n <= size, ...] of each block that holds a wanted frame."""

    def starts(self, size: int, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        """First frame and the one after the last of each block of `size` that holds a wanted frame."""
        for start in range(0, self.shape[0], size):
            stop = min(start + size, self.shape[0])
            if wanted[start:stop].any():
                yield start, stop


def frame_shape(
    path: Path, dataset: str, shape: tuple[int, ...], dtype: np.dtype[Any], *, single: bool = False
) -> tuple[int, int, int]:
    """Frames, rows and columns of an array; `single`: an array of rank 2 is one frame.

    Raises
    ------
    FormatError
        The array is of another rank, empty, or holds no real numbers.
    """
    where = f"{path}, dataset '{dataset}'" if dataset else str(path)
    if single and len(shape) == 2:
        shape = (1, *shape)
    if len(shape) != 3:
        step = "name the dataset of the frames in data.dataset; panels must be assembled first"
        raise FormatError(Problem("frames of wrong rank", where, f"shape {list(shape)}", WANTED_RANK, step))
    if not all(shape):
        raise FormatError(Problem("no frames in the file", where, f"shape {list(shape)}", WANTED_RANK))
    if dtype.kind not in "iuf":
        raise FormatError(Problem("frames that are no real numbers", where, str(dtype), "integers or floats"))
    return shape[0], shape[1], shape[2]

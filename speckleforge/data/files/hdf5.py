"""Frames in HDF5 files, CXI among them. Takes a path and the dataset's name; gives blocks of frames and columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.reader import Array, FrameFile, frame_shape
from speckleforge.errors import FormatError, Problem, did_you_mean

SHOWN = 12  # names in a message


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The open file; raises `FormatError` where it cannot be read, at any time."""
    try:
        with h5py.File(path, "r") as file:
            yield file
    except OSError as error:
        what = "no such file" if not path.exists() else "not a readable HDF5 file"
        raise FormatError(Problem(what, str(path), got=str(error))) from error


def dataset_of(file: Any, path: Path, name: str) -> Any:
    """The dataset `name` of an open file.

    Raises
    ------
    FormatError
        It is not there; names those that are. Or its values lie in another file.
    """
    found = file.get(name)
    if isinstance(found, h5py.Dataset):
        return _with_values(own_values(found, file, path, name), path, name)
    names: list[str] = []
    file.visititems(lambda key, item: names.append(key) if isinstance(item, h5py.Dataset) else None)
    listed = ", ".join(names[:SHOWN]) or "none"
    raise FormatError(
        Problem("no such dataset in the file", str(path), name, listed, did_you_mean(name, names) or "set data.dataset")
    )


def own_values(found: Any, file: Any, path: Path, name: str) -> Any:
    """The dataset itself, where its values lie in the file that is named.

    Values elsewhere read as zeros where that file is missing, and no key would see that it changed.

    Raises
    ------
    FormatError
        It is virtual, stored externally, or reached through a link to another file.
    """
    kinds = {
        "a virtual dataset": found.is_virtual,
        "a dataset in external storage": bool(found.external),
        "a dataset behind a link to another file": found.file.filename != file.filename,
    }
    for what, is_so in kinds.items():
        if is_so:
            where, allowed = f"{path}, dataset '{name}'", "values in the file itself"
            step = "list the files themselves, or copy the data (h5repack)"
            raise FormatError(Problem(what, where, allowed=allowed, next_step=step))
    return found


def _with_values(found: Any, path: Path, name: str) -> Any:
    """The dataset itself, where it has values of a type that arrays have."""
    where = f"{path}, dataset '{name}'"
    if found.shape is None:
        raise FormatError(Problem("a dataset without values", where, "a null dataspace", "an array"))
    try:
        _ = found.dtype
    except TypeError as error:
        raise FormatError(Problem("a dataset of unknown type", where, str(error), "integers or floats")) from error
    return found


def read_column(path: Path, name: str) -> Array:
    """A dataset as a whole: labels, runs, times."""
    with opened(path) as file:
        values: Array = np.asarray(dataset_of(file, path, name)[...])
    return values


@dataclass(frozen=True)
class Hdf5Frames(FrameFile):
    """Frames of one HDF5 dataset."""

    def blocks(self, size: int, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, Array]]:
        """Blocks with a wanted frame; others are not read."""
        with opened(self.path) as file:
            dataset = dataset_of(file, self.path, self.dataset)
            for start, stop in self.starts(size, wanted):
                block = dataset[start:stop] if dataset.ndim == 3 else dataset[...][None]
                yield start, block


def hdf5_frames(name: str, path: Path, dataset: str) -> Hdf5Frames:
    """The frames of `dataset`; raises `FormatError` where there are none."""
    with opened(path) as file:
        found = dataset_of(file, path, dataset)
        shape = frame_shape(path, dataset, found.shape, found.dtype, single=True)
        return Hdf5Frames(name, path, dataset, shape, found.dtype)

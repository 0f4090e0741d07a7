"""Orientations that a simulation left beside its photons. Takes an HDF5 file; gives quaternions or None."""

from __future__ import annotations

import h5py
import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.hdf5 import dataset_of, opened
from speckleforge.data.files.reader import FrameFile
from speckleforge.errors import FormatError, Problem

DATASET = "orientations"


def orientations(file: FrameFile) -> NDArray[np.float64] | None:
    """Quaternion (w, x, y, z) of each frame [N, 4]; NaN where a shot has several particles; None without the dataset.

    Raises
    ------
    FormatError
        They are not [frames, 4] or [frames, particles, 4].
    """
    with opened(file.path) as opened_file:
        found = opened_file.get(DATASET)
        if not isinstance(found, h5py.Dataset):
            return None
        found = dataset_of(opened_file, file.path, DATASET)
        shape = found.shape
        if len(shape) not in (2, 3) or shape[0] != file.shape[0] or shape[-1] != 4:
            where, allowed = f"{file.path}, dataset '{DATASET}'", f"[{file.shape[0]}, particles, 4]"
            raise FormatError(Problem("orientations of wrong shape", where, f"shape {list(shape)}", allowed))
        if found.dtype.kind not in "iuf":
            where = f"{file.path}, dataset '{DATASET}'"
            raise FormatError(Problem("orientations that are no numbers", where, str(found.dtype), "floats"))
        if len(shape) == 3 and shape[1] > 1:
            return np.full((shape[0], 4), np.nan)
        return np.asarray(found[...], np.float64).reshape(-1, 4)

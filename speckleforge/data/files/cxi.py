"""What a CXI file knows besides frames: mask and geometry. Takes a path; gives arrays or None; reads no frame.

Source: F. Maia, The Coherent X-ray Imaging Data Bank, Nature Methods 9 (2012), and the CXI file format, version 1.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.hdf5 import dataset_of, opened, own_values
from speckleforge.errors import FormatError, Problem

DETECTOR = "entry_1/instrument_1/detector_1"
MASKS = ("entry_1/data_1/mask", f"{DETECTOR}/mask")
GEOMETRY = (f"{DETECTOR}/distance", f"{DETECTOR}/x_pixel_size", f"{DETECTOR}/y_pixel_size")
ENERGY = "entry_1/instrument_1/source_1/energy"
BAD_BITS = 0xFFFF
"""All flags of a pixel but `has signal` (0x10000) mean that its value cannot be used as it is."""
SAME_GEOMETRY = 1e-3
"""Relative difference of |q| that the photon energy of one beam time may make from file to file."""
PLANCK_TIMES_LIGHT_J_M = 1.98644586e-25
"""Source: CODATA 2018 (exact)."""

Found = TypeVar("Found")


def common_mask(paths: Sequence[Path]) -> NDArray[np.uint8] | None:
    """`cxi_mask` of all files; raises `FormatError` where one differs from the first."""
    return _common("mask", [(path, cxi_mask(path)) for path in paths], 0.0)


def common_scattering_vector(paths: Sequence[Path], shape: tuple[int, int]) -> NDArray[np.float32] | None:
    """`cxi_scattering_vector` of all files; raises `FormatError` where one differs from the first."""
    return _common("geometry", [(path, cxi_scattering_vector(path, shape)) for path in paths], SAME_GEOMETRY)


def _common(what: str, values: Sequence[tuple[Path, Found]], tolerance: float) -> Found:
    """What all files know alike, or that none knows."""
    first, wanted = values[0]
    for path, value in values[1:]:
        one_has_none = (value is None) != (wanted is None)
        if one_has_none or (value is not None and not _alike(value, wanted, tolerance)):
            got = "none" if value is None else "other values"
            allowed = f"{'none' if wanted is None else 'the same'}, as {first}"
            step = "one data set has frames of one detector in one place: list files that agree"
            raise FormatError(Problem(f"another {what} than in the first file", str(path), got, allowed, step))
    return wanted


def _alike(value: Any, wanted: Any, tolerance: float) -> bool:
    return bool(value.shape == wanted.shape and np.allclose(value, wanted, rtol=tolerance, atol=0))


def cxi_mask(path: Path) -> NDArray[np.uint8] | None:
    """1 good, 0 bad [rows, columns]; None where the file has no mask.

    Raises
    ------
    FormatError
        The mask is another for each frame.
    """
    with opened(path) as file:
        name = next((name for name in MASKS if isinstance(file.get(name), h5py.Dataset)), None)
        if name is None:
            return None
        found = dataset_of(file, path, name)
        if found.ndim != 2:
            got, step = f"shape {list(found.shape)}", "give one mask: `mask: {file: FILE.npy}`"
            raise FormatError(
                Problem("a mask of wrong rank", f"{path}, dataset '{name}'", got, "[rows, columns]", step)
            )
        flags = np.asarray(found[...], np.int64)
    return np.asarray((flags & BAD_BITS) == 0, np.uint8)


def cxi_scattering_vector(path: Path, shape: tuple[int, int]) -> NDArray[np.float32] | None:
    """|q| in 1/nm, `4 pi sin(theta) / lambda`, with the beam in the frame's middle; None where values are missing."""
    with opened(path) as file:
        values = [_scalar(file, path, name) for name in (*GEOMETRY, ENERGY)]
    if any(value is None or value <= 0 for value in values):
        return None
    distance_m, x_m, y_m, energy_j = (value for value in values if value is not None)
    y, x = ((np.arange(side) - (side - 1) / 2) * pitch for side, pitch in zip(shape, (y_m, x_m), strict=True))
    angle = np.arctan2(np.hypot(y[:, None], x[None, :]), distance_m)
    wavelength_nm = 1e9 * PLANCK_TIMES_LIGHT_J_M / energy_j
    return np.asarray(4 * np.pi * np.sin(angle / 2) / wavelength_nm, np.float32)


def _scalar(file: Any, path: Path, name: str) -> float | None:
    """A single number, or None."""
    found = file.get(name)
    known = isinstance(found, h5py.Dataset) and found.size == 1 and found.dtype.kind in "iuf"
    return float(np.ravel(own_values(found, file, path, name)[...])[0]) if known else None

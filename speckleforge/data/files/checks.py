"""Values that a detector cannot have given. Takes a block of frames; gives the same as numbers to work with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.reader import Array, FrameFile
from speckleforge.errors import FormatError, Problem

MOST_PHOTONS = 2**31


def checked(block: Array, first: int, file: FrameFile, units: str) -> Array:
    """A block whose first frame is `first`: photons as unsigned integers, ADU as they are (floats as float32).

    Raises
    ------
    FormatError
        A value is NaN or infinite; or, of photons, negative, not whole or beyond 2**31. Names file, dataset and index.
    """
    place = (block, first, file)
    if block.dtype.kind == "f":
        _refuse(~np.isfinite(block), place, "not a finite number", "numbers")
    if units != "photons":
        return block.astype(np.float32) if block.dtype.kind == "f" else block
    if block.dtype.kind != "u":
        _refuse(block < 0, place, "negative photons", "0 or more; or data.units: adu")
    if block.dtype.kind == "f":
        _refuse(block != np.rint(block), place, "photons that are no whole number", _REAL)
    _refuse(block >= MOST_PHOTONS, place, "more photons than can be", f"less than {MOST_PHOTONS}")
    return block if block.dtype.kind == "u" else block.astype(np.uint32)


_REAL = "whole numbers; or data.units: adu, with gain: {adu_per_photon: 1} and photonise"


def _refuse(bad: NDArray[np.bool_], place: tuple[Array, int, FrameFile], what: str, allowed: str) -> None:
    """Name the first bad value: frame, row, column."""
    if not bad.any():
        return
    block, first, file = place
    frame, row, column = (int(index) for index in np.argwhere(bad)[0])
    value: Any = block[frame, row, column]
    where = f"{file.where}, index [{first + frame}, {row}, {column}]"
    raise FormatError(Problem(what, where, str(value), allowed))

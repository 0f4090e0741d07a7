"""Maps of the detector: pedestal, gain, mask. Takes a `.npy` file or what the source knows; gives checked arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array, Shape
from speckleforge.errors import FormatError, Problem

MEANING = {"pedestal": "ADU, finite", "gain": "ADU per photon, finite and above 0", "mask": "1 good, 0 bad"}
_BAD: Mapping[str, Callable[[Array], NDArray[np.bool_]]] = {
    "pedestal": lambda values: ~np.isfinite(values),
    "gain": lambda values: ~(np.isfinite(values) & (values > 0)),
    "mask": lambda values: (values != 0) & (values != 1),
}


def detector_map(name: str, file: Path | None, own: Mapping[str, Array], shape: Shape) -> Array:
    """The map `name` [rows, columns] of the detector's own pixels: from `file`, else the source's own.

    Raises
    ------
    FormatError
        There is none, it is of another shape than the frames, or a value makes no sense.
    """
    if file is None and name not in own:
        what = f"no {name} to take: the source has none of its own"
        step = f"write `{name}: {{file: FILE.npy}}`, an array of {shape[0]}x{shape[1]}"
        raise FormatError(Problem(what, f"preprocess.{name}", next_step=step))
    where = "the source" if file is None else str(file)
    values = own[name] if file is None else _load(file)
    if values.shape != shape:
        got, allowed = _sides(values.shape), f"{_sides(shape)}, as the frames"
        raise FormatError(Problem(f"{name} of another shape than the frames", where, got, allowed))
    if (bad := _BAD[name](values)).any():
        row, column = (int(index) for index in np.argwhere(bad)[0])
        got = f"{values[row, column]} at index [{row}, {column}]"
        raise FormatError(Problem(f"a value that no {name} has", where, got, MEANING[name]))
    return values.astype(np.bool_ if name == "mask" else np.float32)


def _load(file: Path) -> Array:
    """An array of numbers; nothing in the file is executed."""
    try:
        values = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise FormatError(Problem("no array of numbers in the file", str(file), allowed="a .npy file")) from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
        raise FormatError(Problem("no array of numbers in the file", str(file), allowed="a .npy file"))
    return values


def _sides(shape: tuple[int, ...]) -> str:
    return "x".join(str(side) for side in shape) or "a single number"

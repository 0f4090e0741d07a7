"""The `dataset/` artifact: patterns with labels in one HDF5 file. Takes a folder; gives arrays; knows no source.

Photons lie contiguous and uncompressed, so that readers map them into memory. Equal contents give equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.errors import FormatError, Problem

SPLITS = ("train", "validate", "test")
FILE = "dataset.h5"
COLUMNS: Mapping[str, tuple[str, tuple[int, ...], str]] = {
    "label": ("<i8", (), "index into classes"),
    "particle": ("<i8", (), "particle; -1 none"),
    "split": ("|u1", (), "0 train, 1 validate, 2 test"),
    "orientation": ("<f8", (4,), "quaternion w, x, y, z, body to laboratory; NaN none"),
    "hits": ("<i8", (), "particles in the shot; -1 unknown"),
    "fluence": ("<f8", (), "relative to the mean at the focus; NaN unknown"),
    "expected": ("<f8", (), "photons before counting; NaN unknown"),
}
"""Name -> numpy type, shape of one entry, units: one entry for each pattern."""


@dataclass(frozen=True)
class Dataset:
    """Patterns and what they are.

    Attributes
    ----------
    photons
        uint8 or uint16 [N, rows, columns]: the words on the detector link; a read-only memory map.
    label
        int64 [N]: index into the spec's classes.
    particle
        int64 [N]: which particle was hit; -1 for none.
    split
        uint8 [N]: 0 train, 1 validate, 2 test. No particle is in two splits.
    orientation
        float64 [N, 4]: unit quaternion (w, x, y, z), body to laboratory; NaN for none.
    hits
        int64 [N]: particles in the shot; -1 where unknown.
    fluence
        float64 [N]: relative to the condition's mean at the focus; NaN where unknown.
    expected
        float64 [N]: mean photons before counting; NaN where unknown.
    q, q_units
        float32 [rows, columns]: length of the scattering vector in `1/nm`, or distance from the centre in `pixel`.
    calibration
        Step of the fabric (`pedestal`, `mask`) -> its integers [rows, columns].
    attributes
        `classes`, `seed`, `condition`, `source` and `units` of the words.
    """

    photons: NDArray[np.unsignedinteger[Any]]
    label: NDArray[np.int64]
    particle: NDArray[np.int64]
    split: NDArray[np.uint8]
    orientation: NDArray[np.float64]
    hits: NDArray[np.int64]
    fluence: NDArray[np.float64]
    expected: NDArray[np.float64]
    q: NDArray[np.float32]
    q_units: str
    calibration: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def indices(self, split: str) -> NDArray[np.int64]:
        """Positions of the patterns of `split`, ascending."""
        return np.flatnonzero(self.split == SPLITS.index(split)).astype(np.int64)


class DatasetWriter:
    """Writes `dataset.h5` piece by piece; memory holds one piece. Use as a context; then `finish` it."""

    def __init__(self, folder: Path, count: int, shape: tuple[int, int], dtype: str, units: str) -> None:
        """Lay out the file for `count` patterns of `shape` (rows, columns) with words of `dtype` in `units`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = h5py.File(folder / FILE, "w")
        self._count, self._shape, self._end = count, shape, 0
        self._create("photons", np.dtype(dtype).newbyteorder("<"), (count, *shape), units)
        for name, (kind, entry, meaning) in COLUMNS.items():
            self._create(name, np.dtype(kind), (count, *entry), meaning)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, photons: ArrayLike, columns: Mapping[str, ArrayLike]) -> int:
        """Append patterns and their entries of every column; returns the number of patterns written so far."""
        words = np.asarray(photons)
        start, self._end = self._end, self._end + len(words)
        self._file["photons"][start : self._end] = words
        for name in COLUMNS:
            self._file[name][start : self._end] = columns[name]
        return self._end

    def finish(
        self,
        q: ArrayLike,
        q_units: str,
        calibration: Mapping[str, tuple[NDArray[Any], str]],
        attributes: Mapping[str, Any],
    ) -> None:
        """Write what concerns all patterns; `calibration` maps a step to its integers and their units.

        Raises
        ------
        FormatError
            If the source gave fewer patterns than it had announced.
        """
        if self._end != self._count:
            raise FormatError(
                Problem("the source ended early", FILE, f"{self._end} patterns", f"{self._count} announced")
            )
        self._write("q", np.asarray(q, "<f4"), q_units)
        for name, (values, units) in sorted(calibration.items()):
            self._write(f"calibration/{name}", values.astype(values.dtype.newbyteorder("<")), units)
        for name, value in sorted(attributes.items()):
            self._file.attrs[name] = value

    def _create(self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...], units: str) -> None:
        dataset = self._file.create_dataset(name, shape, dtype, track_times=False)
        dataset.attrs["units"] = units

    def _write(self, name: str, values: NDArray[Any], units: str) -> None:
        self._create(name, values.dtype, values.shape, units)
        self._file[name][...] = values


def read_dataset(folder: Path) -> Dataset:
    """Open a dataset folder; photons stay on disk.

    Raises
    ------
    FormatError
        If the file cannot be read, an array is missing, or the arrays do not belong together.
    """
    path = folder / FILE
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except (OSError, KeyError) as error:
        raise FormatError(Problem("no data set of ours", str(path), got=str(error).strip("'\""))) from error


def _read(file: Any, path: Path) -> Dataset:
    columns = {name: file[name][...] for name in COLUMNS}
    calibration = {name: dataset[...] for name, dataset in file.get("calibration", {}).items()}
    _check(file["photons"].shape, file["q"].shape, columns, path)
    return Dataset(
        photons=_mapped(file["photons"], path),
        **columns,
        q=file["q"][...],
        q_units=str(file["q"].attrs["units"]),
        calibration=calibration,
        attributes=_attributes(file),
    )


def _attributes(file: Any) -> dict[str, Any]:
    """Root attributes as plain values, and the units of the words."""
    found = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in file.attrs.items()}
    return {**found, "units": str(file["photons"].attrs["units"])}


def _mapped(photons: Any, path: Path) -> NDArray[np.unsignedinteger[Any]]:
    """The words of a contiguous dataset as a read-only memory map."""
    offset = photons.id.get_offset()
    if offset is None:
        raise FormatError(Problem("photons are not contiguous", str(path), got=f"chunks {photons.chunks}"))
    return np.memmap(path, photons.dtype, "r", offset, photons.shape)


def _check(photons: tuple[int, ...], q: tuple[int, ...], columns: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Every column has an entry for each pattern, and the map has the pattern's shape."""
    fits = len(photons) == 3 and photons[0] > 0 and q == photons[1:]
    if fits and all(values.shape == (photons[0], *COLUMNS[name][1]) for name, values in columns.items()):
        return
    got = ", ".join([f"photons {photons}", f"q {q}", *(f"{name} {values.shape}" for name, values in columns.items())])
    what, allowed = "arrays of the dataset do not belong together", "[N, rows, columns], [rows, columns], [N], ..."
    raise FormatError(Problem(what, str(path), got, allowed))

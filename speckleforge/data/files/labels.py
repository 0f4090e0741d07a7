"""What each frame shows. Takes the files and where labels are; gives a code, and who knows a particle, run and time.

Every frame has exactly one label and every label a frame: anything else is an error that names the place.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.hdf5 import read_column
from speckleforge.data.files.npy import UNREADABLE
from speckleforge.data.files.reader import Array, FrameFile
from speckleforge.data.files.settings import LabelSettings
from speckleforge.data.files.times import times_of
from speckleforge.errors import FormatError, Problem

Texts = NDArray[np.str_]
SKOPI_NAME = re.compile(r"(?P<particle>[^/]+)\.(?P<hits>\d+)_hit\.[^/]+$")
COLUMNS = ("label", "particle", "run", "time")


@dataclass(frozen=True)
class Labels:
    """One entry for each frame of all files, in their order.

    Attributes
    ----------
    code
        Text [N].
    hits
        int64 [N]: particles in the shot; -1 where unknown.
    particle, run
        Text [N], or None where unknown.
    time
        float64 [N], or None where unknown.
    """

    code: Texts
    hits: NDArray[np.int64]
    particle: Texts | None = None
    run: Texts | None = None
    time: NDArray[np.float64] | None = None


def read_labels(settings: LabelSettings, files: Sequence[FrameFile]) -> Labels:
    """The labels of all frames.

    Raises
    ------
    FormatError
        A label without an image, an image without a label, or a name that says nothing.
    """
    if settings.file is None and not settings.datasets:
        return _from_names(files)
    if settings.file is None:
        columns = _from_datasets(settings.datasets, files)
    elif settings.file.suffix == ".csv":
        columns = _from_table(settings.file, files)
    else:
        columns = _from_arrays(settings.file, sum(file.shape[0] for file in files))
    found = {name: as_text(values) for name, values in columns.items() if name != "time"}
    unknown = np.full(len(found["label"]), -1, np.int64)
    return Labels(found["label"], unknown, found.get("particle"), found.get("run"), columns.get("time"))


def as_text(values: Array) -> Texts:
    """Codes as text: 1, 1.0 and b'1' are all `1`."""
    if values.dtype.kind == "f" and (values == np.rint(values)).all():
        values = values.astype(np.int64)
    if values.dtype.kind in "SO":
        return np.array(
            [item.decode(errors="backslashreplace") if isinstance(item, bytes) else str(item) for item in values],
            np.str_,
        )
    return np.asarray(values.astype(np.str_))


def _from_names(files: Sequence[FrameFile]) -> Labels:
    """Names of skopi: `{PDB}.{particles in the shot}_hit.h5`."""
    codes, particles = [], []
    for file in files:
        match = SKOPI_NAME.search(file.name)
        if match is None:
            allowed, step = "{PDB}.{n}_hit.h5", "give labels in data.labels"
            raise FormatError(Problem("the name says no label", str(file.path), file.path.name, allowed, step))
        codes += [str(int(match["hits"]))] * file.shape[0]
        particles += [match["particle"]] * file.shape[0]
    code = np.array(codes, np.str_)
    return Labels(code, code.astype(np.int64), np.array(particles, np.str_))


def _from_datasets(datasets: Mapping[str, str], files: Sequence[FrameFile]) -> dict[str, Array]:
    """One dataset for each column in every file."""
    parts: dict[str, list[Array]] = {name: [] for name in datasets}
    for file in files:
        for name, dataset in datasets.items():
            values = read_column(file.path, dataset)
            _check_count(f"{file.path}, dataset '{dataset}'", len(values) if values.ndim == 1 else -1, file.shape[0])
            place = partial("{}, dataset '{}', index {}".format, file.path, dataset)
            parts[name].append(times_of(values, place) if name == "time" else values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _from_arrays(path: Path, count: int) -> dict[str, Array]:
    """An .npy with labels, or an .npz with `label` and maybe `particle`, `run`, `time`."""
    try:
        loaded: Any = np.load(path, allow_pickle=False)
        columns = {"label": loaded} if path.suffix != ".npz" else {name: loaded[name] for name in loaded.files}
    except UNREADABLE as error:
        raise FormatError(Problem("no labels in the file", str(path), str(error), "a .csv, .npy or .npz")) from error
    if "label" not in columns:
        raise FormatError(Problem("no such array in the file", str(path), "label", ", ".join(columns)))
    for name in columns.keys() & set(COLUMNS):
        values = columns[name]
        _check_count(f"{path}, array '{name}'", len(values) if values.ndim == 1 else -1, count)
    if "time" in columns:
        columns["time"] = times_of(columns["time"], lambda index: f"{path}, array 'time', index {index}")
    return {name: columns[name] for name in COLUMNS if name in columns}


def _check_count(where: str, labels: int, images: int) -> None:
    """As many labels as images; -1 labels: an array of another rank."""
    if labels < 0:
        raise FormatError(Problem("labels of wrong rank", where, allowed="one for each frame"))
    if labels > images:
        got = f"{labels} labels for {images} images"
        raise FormatError(Problem("a label without an image", f"{where}, index {images}", got))
    if labels < images:
        got = f"{labels} labels for {images} images"
        raise FormatError(Problem("an image without a label", f"{where}, index {labels}", got))


def _from_table(path: Path, files: Sequence[FrameFile]) -> dict[str, Array]:
    """A .csv with `index`, `label` and maybe `file`, `particle`, `run`, `time`; other columns are passed over."""
    rows = _rows(path)
    row_of = np.full(sum(file.shape[0] for file in files), -1, np.int64)
    ranges = dict(zip((file.name for file in files), zip(_starts(files), files, strict=True), strict=True))
    for number, row in enumerate(rows):
        where = f"{path}, line {number + 2}"
        position = _position(row, ranges, len(row_of), where)
        if row_of[position] >= 0:
            got = f"index {row['index']}, as in line {row_of[position] + 2}"
            raise FormatError(Problem("two labels for one image", where, got))
        row_of[position] = number
    if (row_of < 0).any():
        _refuse_unlabelled(int(np.flatnonzero(row_of < 0)[0]), path, files)
    columns = {name: np.array([rows[number][name] for number in row_of]) for name in COLUMNS if name in rows[0]}
    if "time" in columns:
        columns["time"] = times_of(columns["time"], lambda index: f"{path}, line {row_of[index] + 2}")
    return columns


def _position(row: Mapping[str, str], ranges: Mapping[str, tuple[int, FrameFile]], total: int, where: str) -> int:
    """Index among all frames of the one that a row speaks of."""
    start, count, of_file = 0, total, ""
    if "file" in row:
        start, file = ranges[_name_of(row["file"], list(ranges), where)]
        count, of_file = file.shape[0], f" of {row['file']}"
    try:
        index = int(row["index"])
    except ValueError:
        raise FormatError(Problem("index is no whole number", where, repr(row["index"]))) from None
    if not 0 <= index < count:
        allowed = f"0 to {count - 1}{of_file}"
        raise FormatError(Problem("a label without an image", where, f"index {index}", allowed))
    return start + index


def _name_of(text: str, names: Sequence[str], where: str) -> str:
    """The file that a row speaks of, by its name or the last part of it."""
    found = [name for name in names if text in (name, Path(name).name)]
    if len(found) == 1:
        return found[0]
    what = "two files of this name" if found else "a label without an image: no such file"
    raise FormatError(Problem(what, where, text, ", ".join(names)))


def _rows(path: Path) -> list[dict[str, str]]:
    """The table; raises `FormatError` where it is none."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restval="", skipinitialspace=True)
            rows, names = list(reader), list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(Problem("no table of labels", str(path), str(error), "a .csv with index, label")) from error
    missing = [name for name in ("index", "label") if name not in names]
    if missing or not rows:
        got = ", ".join(names) or "an empty file"
        what = f"no column {' and '.join(missing)}" if missing else "no labels in the table"
        raise FormatError(Problem(what, f"{path}, line 1", got, "index, label[, file, particle, run, time]"))
    return rows


def _starts(files: Sequence[FrameFile]) -> list[int]:
    """Index of each file's first frame among all."""
    return [sum(file.shape[0] for file in files[:number]) for number in range(len(files))]


def _refuse_unlabelled(index: int, path: Path, files: Sequence[FrameFile]) -> None:
    """Name the image that has no label."""
    for file, start in zip(files, _starts(files), strict=True):
        if index < start + file.shape[0]:
            step = "add its row; exclude a code if the frame is not to be used"
            where = f"{file.where}, index {index - start}"
            raise FormatError(Problem("an image without a label", where, f"no row in {path}", next_step=step))

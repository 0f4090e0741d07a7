"""Small files as beam times and simulators leave them, and settings to read them with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from speckleforge.data.files.settings import FileSettings, file_settings
from speckleforge.data.files.source import FileSource

CODES = {"1": "single", "2": "multi", "9": "background"}
EXCLUDE = {"3": "undecoded", "4": "undecoded"}


def photons(count: int, seed: int = 0, shape: tuple[int, int] = (6, 8)) -> Any:
    """uint16 [count, *shape]; frame n has the sum n of its own at pixel [0, 0]."""
    frames = np.random.default_rng(seed).poisson(1.5, (count, *shape)).astype(np.uint16)
    frames[:, 0, 0] = np.arange(count)
    return frames


def write_hdf5(path: Path, **datasets: Any) -> Path:
    """An HDF5 file; `__` in a name stands for `/`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name.replace("__", "/")] = values
    return path


PROTEINS = ("1abc", "2cex", "3xyz", "4def")


def skopi_files(folder: Path, proteins: tuple[str, ...] = PROTEINS, count: int = 5) -> list[Path]:
    """`{PDB}.{n}_hit.h5` with photons and orientations, n = 1 to 3."""
    rng = np.random.default_rng(2)
    made = []
    for protein in proteins:
        for hits in (1, 2, 3):
            turned = rng.standard_normal((count, hits, 4))
            turned /= np.linalg.norm(turned, axis=2, keepdims=True)
            path = folder / f"{protein}.{hits}_hit.h5"
            made.append(write_hdf5(path, photons=photons(count, len(made)), orientations=turned))
    return made


def settings(paths: list[Path], **changes: Any) -> FileSettings:
    """Settings as the stage gets them from a spec."""
    folder = paths[0].parent if paths else Path()
    values: dict[str, Any] = {
        "source": "hdf5",
        "classes": ["single", "multi"],
        "seed": 0,
        "files": [path.name for path in paths],
        "units": "photons",
        "labels": "file_name",
        "split": {"by": "particle", "validate": 0.25, "test": 0.25, "block": 4},
    }
    labels = changes.get("labels", "file_name")
    roles = {f"file_{index}": path for index, path in enumerate(paths)}
    if "file" in labels and isinstance(labels, dict):
        roles["labels"] = folder / labels["file"]
    return file_settings({**values, **changes}, roles)


def open_files(paths: list[Path], **changes: Any) -> FileSource:
    return FileSource(settings(paths, **changes))


def run_files(folder: Path, runs: int = 4, frames: int = 12) -> list[Path]:
    """Runs of one detector with labels 1, 2, 9 in turn, and the table of their labels, `labels.csv`."""
    made, lines = [], ["file,index,label,run,time,comment"]
    for run in range(runs):
        path = folder / f"run{run}.h5"
        made.append(write_hdf5(path, photons=photons(frames, run), labels=np.array([1, 2, 9] * frames)[:frames]))
        lines += [f"run{run}.h5,{n},{(1, 2, 9)[n % 3]},r{run},{run * 1000 + n},x" for n in range(frames)]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return made


def by_run(paths: list[Path], **changes: Any) -> FileSource:
    """The runs with the table, split by run."""
    common: dict[str, Any] = {
        "classes": ["background", "single", "multi"],
        "labels": {"file": "labels.csv"},
        "class_map": CODES,
        "exclude": EXCLUDE,
        "split": {"by": "run", "validate": 0.25, "test": 0.25, "block": 4},
    }
    return open_files(paths, **{**common, **changes})

"""Files as a data source. Takes settings; gives frames with their labels, file by file, some at a time.

Opening reads labels and the shape of each file. Frames are read when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import SPLITS
from speckleforge.data.files.checks import checked
from speckleforge.data.files.classes import EXCLUDED, labels_of
from speckleforge.data.files.cxi import common_mask, common_scattering_vector
from speckleforge.data.files.hdf5 import hdf5_frames
from speckleforge.data.files.labels import Labels, read_labels
from speckleforge.data.files.npy import npy_frames
from speckleforge.data.files.orientations import orientations
from speckleforge.data.files.reader import FrameFile
from speckleforge.data.files.settings import FileSettings
from speckleforge.data.files.split import assign_pools, groups_of, pool_of
from speckleforge.data.source import Array, Frames
from speckleforge.errors import FormatError, Problem

NO_PARTICLE = ("background", "non_sample")
"""Classes that come from a pool, as in the simulation."""
KNOWN_HITS = {"background": 0, "single": 1}


class FileSource:
    """Frames of files: a `Source`."""

    def __init__(self, settings: FileSettings) -> None:
        """Read labels and shapes.

        Raises
        ------
        FormatError
            Files, labels or codes are not what the spec says.
        """
        self._settings = settings
        read = npy_frames if settings.format == "npy" else hdf5_frames
        self._files: list[FrameFile] = [read(name, path, settings.dataset) for name, path in settings.files]
        _check_shapes(self._files)
        self._start = np.cumsum([0, *(file.shape[0] for file in self._files)])
        self._labels = read_labels(settings.labels, self._files)
        self._label = labels_of(self._labels.code, settings, self._where)
        self._kept = self._label != EXCLUDED
        if not self._kept.any():
            raise FormatError(Problem("every frame is excluded", "data.exclude", ", ".join(settings.exclude)))
        self._group, self._split = self._groups(self._labels)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of their labels."""
        return self._settings.classes

    @property
    def count(self) -> int:
        """Frames that are not excluded."""
        return int(self._kept.sum())

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        return self._files[0].shape[1:]

    @property
    def units(self) -> Literal["photons", "adu"]:
        """As the spec says."""
        return "photons" if self._settings.units == "photons" else "adu"

    def chunks(self, size: int) -> Iterator[Frames]:
        """Frames file by file; excluded ones are left out."""
        for number, file in enumerate(self._files):
            start = int(self._start[number])
            wanted = self._kept[start : start + file.shape[0]]
            turned = orientations(file) if self._settings.format == "hdf5" else None
            for first, block in file.blocks(size, wanted):
                chosen = first + np.flatnonzero(wanted[first : first + len(block)])
                values = checked(block, first, file, self._settings.units)[chosen - first]
                yield self._frames(values, start + chosen, None if turned is None else turned[chosen])

    def calibration(self) -> Mapping[str, Array]:
        """The mask of the CXI files."""
        mask = common_mask(self._paths) if self._settings.format == "cxi" else None
        return {} if mask is None else {"mask": mask}

    def scattering_vector(self) -> NDArray[np.float32] | None:
        """|q| in 1/nm where CXI files give their geometry."""
        return common_scattering_vector(self._paths, self.frame_shape) if self._settings.format == "cxi" else None

    def record(self) -> dict[str, Any]:
        """Files, what was left out and how it was split."""
        excluded = {
            f"{code}: {why}": int((self._labels.code == code).sum()) for code, why in self._settings.exclude.items()
        }
        split = self._settings.split
        groups = {
            name: len(np.unique(self._group[self._kept & (self._split == row)])) for row, name in enumerate(SPLITS)
        }
        return {
            "format": self._settings.format,
            "dataset": self._settings.dataset,
            "files": [{"name": file.name, "frames": file.shape[0]} for file in self._files],
            "units": self._settings.units,
            "excluded": excluded,
            "split": {
                "by": split.by,
                "groups": groups,
                **({"block": split.block} if split.by == "time_block" else {}),
                **({} if self._labels.particle is None else {"shared_particles": self._shared(self._labels.particle)}),
            },
            "beam_centre": "taken as the frame's middle",
        }

    @property
    def _paths(self) -> list[Path]:
        return [file.path for file in self._files]

    @cached_property
    def _particle(self) -> NDArray[np.int64]:
        """Particle [N]: by name, within its group, where one is known, else the group; -1 for classes that show none.

        A particle in two runs is two, so that none is in two splits.
        """
        known = self._group
        if self._labels.particle is not None:
            known = np.char.add(np.char.add(self._labels.particle, "\n"), self._group)
        _, particle = np.unique(known, return_inverse=True)
        return np.where(self._pooled, -1, particle).astype(np.int64)

    @cached_property
    def _pooled(self) -> NDArray[np.bool_]:
        """Frames of classes that show no particle [N]."""
        return np.isin(self._label, [index for index, name in enumerate(self.classes) if name in NO_PARTICLE])

    def _shared(self, particle: NDArray[np.str_]) -> int:
        """How many named particles are in more than one split."""
        shown = self._kept & ~self._pooled
        held = [np.unique(particle[shown & (self._split == row)]) for row in range(len(SPLITS))]
        _, splits = np.unique(np.concatenate(held), return_counts=True)
        return int((splits > 1).sum())

    @cached_property
    def _hits(self) -> NDArray[np.int64]:
        """Particles in the shot [N]: from the names, else what the class says."""
        by_class = np.array([KNOWN_HITS.get(name, -1) for name in self.classes], np.int64)
        return np.where(self._labels.hits < 0, by_class[self._label], self._labels.hits)

    def _groups(self, labels: Labels) -> tuple[NDArray[np.str_], NDArray[np.uint8]]:
        """Group and split of every frame; excluded frames take part in no choice."""
        names = np.repeat([file.name for file in self._files], [file.shape[0] for file in self._files])
        pool = pool_of(labels, np.where(self._pooled, np.array(self.classes)[self._label], ""), self._settings.split)
        group = groups_of(labels, names, self._settings.split, pool)
        split = np.zeros(len(group), np.uint8)
        split[self._kept] = assign_pools(group[self._kept], pool[self._kept], self._settings.split)
        return group, split

    def _frames(self, values: Array, rows: NDArray[np.int64], turned: NDArray[np.float64] | None) -> Frames:
        unknown = np.full(len(rows), np.nan)
        return Frames(
            frames=values,
            label=self._label[rows],
            particle=self._particle[rows],
            split=self._split[rows],
            orientation=np.full((len(rows), 4), np.nan) if turned is None else turned,
            hits=self._hits[rows],
            fluence=unknown,
            expected=unknown,
        )

    def _where(self, index: int) -> str:
        """File, dataset and index of a frame among all."""
        number = int(np.searchsorted(self._start, index, side="right")) - 1
        return f"{self._files[number].where}, index {index - self._start[number]}"


def _check_shapes(files: list[FrameFile]) -> None:
    """All files have frames of one shape."""
    for file in files[1:]:
        if file.shape[1:] != files[0].shape[1:]:
            got, allowed = (f"{rows}x{columns}" for _, rows, columns in (file.shape, files[0].shape))
            what, step = "frames of another shape", "one data set has frames of one detector"
            raise FormatError(Problem(what, file.where, got, f"{allowed}, as {files[0].path}", step))

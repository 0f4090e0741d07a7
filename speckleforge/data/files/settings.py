"""What a spec says of files. Takes the JSON values of `data` and the files by role; gives frozen settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge.data.files.formats import FORMATS

SKOPI_CLASSES = {"1": "single", "2": "multi", "3": "multi", "4": "multi"}
"""Particles in a shot, as the names of skopi's files give it -> class."""


@dataclass(frozen=True)
class LabelSettings:
    """Where labels come from: the names of the files, one file for all frames, or datasets beside the frames.

    Attributes
    ----------
    file
        `.csv`, `.npy` or `.npz`; None if labels are elsewhere.
    datasets
        Column (`label`, `particle`, `run`, `time`) -> dataset in each file; empty if labels are elsewhere.
    """

    file: Path | None
    datasets: Mapping[str, str]


@dataclass(frozen=True)
class SplitSettings:
    """How frames go to splits: whole groups only, so that test data were never seen.

    Attributes
    ----------
    by
        `particle`, `run` or `time_block`.
    validate, test
        Share of the groups.
    block
        Frames of a time block.
    seed
        Seed of the choice.
    """

    by: str
    validate: float
    test: float
    block: int
    seed: int


@dataclass(frozen=True)
class FileSettings:
    """Files as a data set.

    Attributes
    ----------
    format
        A key of `FORMATS`.
    files
        Name (as the spec has it) and path of each file, in order.
    dataset
        Where the frames lie in each file.
    units
        `photons`, `adu` or `raw_adu` (with its pedestal).
    labels, split
        What each frame shows, and which split it belongs to.
    class_map, exclude
        Code -> class; code -> why its frames are left out.
    classes
        Classes in the order of their labels.
    """

    format: str
    files: tuple[tuple[str, Path], ...]
    dataset: str
    units: str
    labels: LabelSettings
    split: SplitSettings
    class_map: Mapping[str, str]
    exclude: Mapping[str, str]
    classes: tuple[str, ...]


def file_settings(values: Mapping[str, Any], files: Mapping[str, Path]) -> FileSettings:
    """Settings of a checked spec; every key is there, for defaults are the spec schema's."""
    labels, split = values["labels"], values["split"]
    named = isinstance(labels, str)
    datasets = {} if named or "file" in labels else {"label": labels["dataset"], **labels}
    datasets.pop("dataset", None)
    return FileSettings(
        format=values["source"],
        files=tuple((name, files[f"file_{index}"]) for index, name in enumerate(values["files"])),
        dataset=values.get("dataset") or FORMATS[values["source"]],
        units=values["units"],
        labels=LabelSettings(files.get("labels"), datasets),
        split=SplitSettings(split["by"], split["validate"], split["test"], split["block"], values["seed"]),
        class_map=values.get("class_map") or (SKOPI_CLASSES if named else {}),
        exclude=values.get("exclude", {}),
        classes=tuple(values["classes"]),
    )

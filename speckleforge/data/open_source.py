"""The source that a spec names. Takes the values of `data` and the files by role; gives a `Source`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.dataset import SPLITS
from speckleforge.data.files.formats import FORMATS
from speckleforge.data.files.settings import file_settings
from speckleforge.data.files.source import FileSource
from speckleforge.data.simulation.settings import SimulationSettings
from speckleforge.data.simulation.source import Simulation
from speckleforge.data.source import Source
from speckleforge.errors import Problem, SpecError, did_you_mean


def open_source(values: Mapping[str, Any], files: Mapping[str, Path]) -> Source:
    """The source of `data.source`; nothing is computed and no frame is read yet.

    Raises
    ------
    SpecError
        There is no such source, or its values do not belong together.
    FormatError
        A file is not what the spec says.
    """
    kind = values.get("source", "simulation")
    if kind in FORMATS:
        return FileSource(file_settings(values, files))
    if kind != "simulation":
        known = ("simulation", *FORMATS)
        hint = did_you_mean(kind, known)
        raise SpecError(Problem("no such data source", "data.source", kind, ", ".join(known), hint))
    return Simulation(simulation_settings(values, files))


def simulation_settings(values: Mapping[str, Any], files: Mapping[str, Path]) -> SimulationSettings:
    """Settings of the simulation; every key is there, for defaults are the spec schema's."""
    patterns = values["patterns"]
    by_split = patterns if isinstance(patterns, Mapping) else dict.fromkeys(SPLITS, patterns)
    particles = values["particles"]
    return SimulationSettings(
        condition=values["condition"],
        classes=tuple(values["classes"]),
        particles=(particles["train"], particles["validate"], particles["test"]),
        patterns=(by_split["train"], by_split["validate"], by_split["test"]),
        seed=values["seed"],
        frame_shape=(values["frame"][0], values["frame"][1]),
        structures=tuple(files[f"structure_{index}"] for index in range(len(values.get("structures", ())))),
        raw=values.get("raw", False),
    )

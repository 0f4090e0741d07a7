"""Frames of one particle's run. Takes settings and which shots; gives `Frames`. Knows no order and no other particle.

Each shot draws from a stream named by (class, particle, index), each particle from its own: neither chunk, nor
process, nor the number of other patterns can change a byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import kernels_counts, shots
from speckleforge.data.simulation.conditions import condition
from speckleforge.data.simulation.detector import FARTHEST
from speckleforge.data.simulation.electronics import Electronics, make_electronics
from speckleforge.data.simulation.families import random_particle
from speckleforge.data.simulation.particles import Particle
from speckleforge.data.simulation.random_streams import Draws, stream
from speckleforge.data.simulation.settings import PARTICLE_CLASSES, SimulationSettings
from speckleforge.data.simulation.structures import read_structure
from speckleforge.data.source import Frames
from speckleforge.errors import Problem, SpecError

STREAM = {"particle": 0, "background": 1, "single": 2, "multi": 3, "non_sample": 4, "drift": 5}
LEAST_PHOTONS = 0.02
"""A structure that gives less than this share of the condition's photons is refused: its patterns would be empty."""


@dataclass(frozen=True)
class Shots:
    """A stretch of one particle's run: (class, index) of each shot."""

    particle: int
    split: int
    items: tuple[tuple[str, int], ...]


class Camera:
    """Makes frames; keeps the last particle's volume.

    Parameters
    ----------
    settings
        What is simulated.
    """

    def __init__(self, settings: SimulationSettings) -> None:
        self.settings = settings
        self.scene = shots.make_scene(condition(settings.condition), settings.frame_shape)
        self._last: tuple[int, shots.Sample] | None = None

    @cached_property
    def electronics(self) -> Electronics:
        """The detector's maps; only frames in ADU need them."""
        return make_electronics(self.scene.condition, self.scene.detector)

    @cached_property
    def nominal_fluence(self) -> float:
        """Fluence for what is not sample."""
        return shots.nominal_fluence(self.scene)

    def particle(self, index: int) -> Particle:
        """The particle of this number: from its file, or of a procedural family."""
        if self.settings.structures:
            return read_structure(self.settings.structures[index])
        return random_particle(stream(self.settings.seed, STREAM["particle"], index), self.scene.condition.sample)

    def sample(self, index: int) -> shots.Sample:
        """The particle ready to be hit.

        Raises
        ------
        SpecError
            If a structure scatters next to nothing in this condition.
        """
        if self._last is None or self._last[0] != index:
            found = shots.make_sample(self.particle(index), self.scene)
            _check_photons(found, self.scene.condition.name, self.scene.condition.beam.photons_per_pattern)
            self._last = (index, found)
        return self._last[1]

    def frames(self, wanted: Shots) -> Frames:
        """All shots of a stretch."""
        count, shape = len(wanted.items), self.settings.frame_shape
        out = np.empty((count, *shape), np.uint16)
        light = [self._shot(wanted.particle, name, index, out[row]) for row, (name, index) in enumerate(wanted.items)]
        labels = [self.settings.classes.index(name) for name, _ in wanted.items]
        owners = [wanted.particle if name in PARTICLE_CLASSES else -1 for name, _ in wanted.items]
        return Frames(
            out,
            np.array(labels, np.int64),
            np.array(owners, np.int64),
            np.full(count, wanted.split, np.uint8),
            np.array([shot.orientation for shot in light], np.float64),
            np.array([shot.hits for shot in light], np.int64),
            np.array([shot.fluence for shot in light], np.float64),
            np.array([shot.expected for shot in light], np.float64),
        )

    def _shot(self, particle: int, name: str, index: int, out: NDArray[np.uint16]) -> shots.Light:
        """One frame."""
        draws = Draws(self.settings.seed, STREAM[name], particle, index)
        expected = np.empty(self.scene.detector.pixels, np.float32)
        light = self._light(draws, particle, name, expected)
        expected += self.scene.detector.hot
        counts = np.empty(out.shape, np.uint16) if self.settings.raw else out
        kernels_counts.count(expected, draws.state, counts.reshape(-1))
        if self.settings.raw:
            self.electronics.frame(counts, draws, out)
        return light

    def _light(self, draws: Draws, particle: int, name: str, expected: NDArray[np.float32]) -> shots.Light:
        """Expected photons of one shot of the class `name`."""
        if name == "background":
            return shots.background(draws, self.scene, expected)
        drift = self._drift_mm(particle)
        if name == "single":
            return shots.single(draws, self.scene, self.sample(particle), drift, expected)
        if name == "multi":
            return shots.multi(draws, self.scene, self.sample(particle), drift, expected)
        return shots.non_sample(draws, self.scene, self.nominal_fluence, drift, expected)

    def _drift_mm(self, particle: int) -> NDArray[np.float64]:
        """Where the beam was during the particle's run: (row, column) from the detector's middle."""
        away = Draws(self.settings.seed, STREAM["drift"], particle).normals(2)
        return np.asarray(np.clip(away, -FARTHEST, FARTHEST) * self.scene.condition.detector.centre_drift_mm)


def _check_photons(sample: shots.Sample, name: str, wanted: float) -> None:
    """Refuse a structure whose patterns would hold nothing but background."""
    if sample.photons < LEAST_PHOTONS * wanted:
        got = f"{sample.photons:.2g} photons a pattern at {sample.fluence:.2g} photons/um^2"
        what = f"'{sample.particle.name}' ({sample.particle.diameter_nm:.1f} nm) scatters next to nothing in '{name}'"
        step = "use the condition 'molecules', or a larger assembly"
        raise SpecError(Problem(what, "data.structures", got, f"{LEAST_PHOTONS * wanted:.3g} or more", step))


def stretches(items: Sequence[Any], size: int) -> list[tuple[Any, ...]]:
    """Cut into tuples of at most `size`."""
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]

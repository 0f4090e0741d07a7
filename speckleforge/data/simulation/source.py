"""The simulated data source. Takes settings; gives patterns, chunk by chunk, the same bytes whatever the chunk.

A split has its own particles. Each pattern draws from a random stream named by (split, class, particle, pattern), so
neither order nor chunking nor the number of patterns of another class can change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import shots
from speckleforge.data.simulation.conditions import Condition, condition
from speckleforge.data.simulation.geometry import Float, wavelength_nm
from speckleforge.data.simulation.particles import random_particle
from speckleforge.data.simulation.random_streams import stream
from speckleforge.data.simulation.settings import PARTICLE_CLASSES, DataSettings, ImageSettings

STREAM = {"particle": 0, "background": 1, "single": 2, "multi": 3, "non_sample": 4}


@dataclass(frozen=True)
class Chunk:
    """Patterns of one class and one particle: photons [n, rows, columns] and what they are."""

    photons: NDArray[np.unsignedinteger[Any]]
    label: int
    particle: int
    split: int
    expected: float
    clipped: int


@dataclass(frozen=True)
class Simulation:
    """A planned data set: iterate `chunks()`; nothing is computed before."""

    settings: DataSettings
    image: ImageSettings

    @property
    def condition(self) -> Condition:
        """The named condition."""
        return condition(self.settings.condition)

    @property
    def scene(self) -> shots.Scene:
        """Condition, grid and background shape; built anew at each call."""
        return shots.make_scene(self.condition, self.image.rows, self.image.columns, self.image.bin)

    @property
    def count(self) -> int:
        """Patterns in all."""
        return sum(self.settings.particles) * len(self.settings.classes) * self.settings.patterns

    def physics(self) -> dict[str, Any]:
        """The numbers behind the images, with units in their names."""
        grid = self.scene.grid
        return {
            "condition": asdict(self.condition),
            "wavelength_nm": round(wavelength_nm(self.condition), 6),
            "fine_pixel_per_nm": round(grid.step, 9),
            "open_pixels": int(grid.open.sum()),
            "left_out": "detector noise, dead pixels, gaps between modules, polarisation",
        }

    def chunks(self, size: int = 64) -> Iterator[Chunk]:
        """Simulate everything, split by split and particle by particle, in chunks of at most `size` patterns."""
        scene, first = self.scene, 0
        for split, particles in enumerate(self.settings.particles):
            for particle in range(first, first + particles):
                yield from self._particle(scene, split, particle, size)
            first += particles

    def _particle(self, scene: shots.Scene, split: int, particle: int, size: int) -> Iterator[Chunk]:
        """Patterns of one particle, and its share of the patterns without one."""
        sample = None
        if set(self.settings.classes) & set(PARTICLE_CLASSES):
            shape = random_particle(stream(self.settings.seed, STREAM["particle"], particle), self.condition)
            sample = shots.make_sample(shape, scene)
        for label, name in enumerate(self.settings.classes):
            for start in range(0, self.settings.patterns, size):
                indices = range(start, min(start + size, self.settings.patterns))
                yield self._chunk(scene, sample, name, (label, particle, split), indices)

    def _chunk(
        self, scene: shots.Scene, sample: shots.Sample | None, name: str, key: tuple[int, int, int], indices: range
    ) -> Chunk:
        label, particle, split = key
        highest = 2**self.image.bits - 1
        photons = np.zeros((len(indices), self.image.rows, self.image.columns), self.image.dtype)
        expected, clipped = 0.0, 0
        for row, index in enumerate(indices):
            rng = stream(self.settings.seed, STREAM[name], particle, index)
            mean = _expected(rng, scene, sample, name)
            # The sum of a bin's Poisson counts is a Poisson count of its sum: draw once per image pixel.
            counts = rng.poisson(mean.astype(np.float64))
            expected += float(mean.sum(dtype=np.float64))
            clipped += int((counts > highest).sum())
            photons[row] = np.minimum(counts, highest)
        owner = particle if name in PARTICLE_CLASSES else -1
        return Chunk(photons, label, owner, split, expected, clipped)


def _expected(rng: np.random.Generator, scene: shots.Scene, sample: shots.Sample | None, name: str) -> Float:
    """Mean photons [rows, columns] of one pattern of the class `name`."""
    mean = shots.background(rng, scene)
    if name == "non_sample":
        mean = mean + shots.non_sample(rng, scene)
    elif sample is not None and name == "single":
        mean = mean + shots.single(rng, sample, scene)
    elif sample is not None and name == "multi":
        mean = mean + shots.multi(rng, sample, scene)
    return np.asarray(mean * scene.grid.open)

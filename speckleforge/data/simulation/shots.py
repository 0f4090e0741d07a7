"""Expected photons of one shot: what the beam would deposit on average. Takes a particle's volume; gives intensities.

All shots are float32 [rows, columns], zero behind the beam stop only where said; counting comes later (`simulation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.conditions import Condition
from speckleforge.data.simulation.geometry import Float, Grid, make_grid, wave_number
from speckleforge.data.simulation.particles import Particle
from speckleforge.data.simulation.random_streams import log_normal, random_rotation, stream
from speckleforge.data.simulation.volume import Complex, FourierVolume, ewald_slice, fourier_volume

REFERENCE_ORIENTATIONS = 8
"""Orientations over which a particle's mean number of photons is set; the mean is then good to a few per cent."""
REFERENCE_SEED = 7


@dataclass(frozen=True)
class Scene:
    """What every shot shares.

    Attributes
    ----------
    condition, grid
        Beam, sample and detector.
    stray
        float32 [rows, columns], sum 1 over the open pixels: where background photons go.
    """

    condition: Condition
    grid: Grid
    stray: Float


@dataclass(frozen=True)
class Sample:
    """One particle ready to be hit: its volume and the scale at which a pattern has `condition.photons` on average."""

    particle: Particle
    volume: FourierVolume
    scale: float


def make_scene(condition: Condition, rows: int, columns: int, binning: int) -> Scene:
    """Lay out the detector; the background is a flat part and a halo that falls off over a third of the image."""
    grid = make_grid(condition, rows, columns, binning)
    radius = grid.binned(np.hypot(grid.qx, grid.qy)) / grid.bin**2
    halo = np.exp(-3 * radius / radius.max()) * grid.open
    flat = grid.open / grid.open.sum()
    stray = (1 - condition.halo) * flat + condition.halo * halo / halo.sum()
    return Scene(condition, grid, np.asarray(stray, np.float32))


def make_sample(particle: Particle, scene: Scene) -> Sample:
    """Transform a particle and set its scale from a fixed set of orientations."""
    volume = fourier_volume(particle, scene.grid.q_max)
    rng = stream(REFERENCE_SEED)
    images = [_squared(ewald_slice(volume, random_rotation(rng), scene.grid)) for _ in range(REFERENCE_ORIENTATIONS)]
    mean = float(np.mean([(scene.grid.binned(image) * scene.grid.open).sum() for image in images]))
    return Sample(particle, volume, scene.condition.photons / (mean * sum(scene.condition.focus_weight) / 2))


def _squared(wave: Complex) -> Float:
    return np.asarray(wave.real**2 + wave.imag**2)


def single(rng: np.random.Generator, sample: Sample, scene: Scene) -> Float:
    """One particle at a random orientation and place in the focus."""
    fluence = log_normal(rng, scene.condition.fluence_sigma) * rng.uniform(*scene.condition.focus_weight)
    fine = _squared(ewald_slice(sample.volume, random_rotation(rng), scene.grid))
    return scene.grid.binned(fine) * np.float32(fluence * sample.scale)


def places_nm(rng: np.random.Generator, count: int, condition: Condition, diameter_nm: float) -> NDArray[np.float64]:
    """Draw places [count, 3] of which no two are closer than a diameter: too close a draw is spread out."""
    places = rng.normal(size=(count, 3)) * condition.separation_nm
    closest = min(float(np.linalg.norm(a - b)) for a, b in combinations(places, 2))
    return np.asarray(places * max(1.0, diameter_nm / max(closest, 1e-6)))


def path_phase(place: NDArray[np.float64], scene: Scene) -> tuple[Complex, Complex]:
    """Phase factors (rows [n, 1], columns [m]) of a particle at `place`; their product is exp(-i q r).

    The sag of the Ewald sphere is taken as parabolic, -(qx^2 + qy^2) / 2k, which makes the factor separable; that is
    wrong by less than 0.02 rad at the edge of the image.
    """
    x, y, z = place
    depth = z / (2 * wave_number(scene.condition))
    qy, qx = scene.grid.qy[:, :1].astype(np.float64), scene.grid.qx[0].astype(np.float64)
    rows, columns = qy * y - qy**2 * depth, qx * x - qx**2 * depth
    return np.exp(-1j * rows).astype(np.complex64), np.exp(-1j * columns).astype(np.complex64)


def superposed(waves: list[Complex], places: NDArray[np.float64], grid: Grid) -> Float:
    """Sum waves (phases included) to the intensity that pixels of finite size see.

    A pixel integrates the fringes of a pair over its area: the pair's cross term is multiplied by
    sinc(step dx / 2) sinc(step dy / 2). Without it, fringes finer than a pixel alias into noise that no detector sees.
    The sag of the Ewald sphere within one pixel is neglected: it is a tenth of the transverse term.
    """
    parts = [(np.ascontiguousarray(wave.real), np.ascontiguousarray(wave.imag)) for wave in waves]
    total: Float = np.zeros(grid.qx.shape, np.float32)
    for real, imag in parts:
        total += real * real + imag * imag
    for a, b in combinations(range(len(waves)), 2):
        dx, dy, _ = (places[a] - places[b]) * grid.step / (2 * np.pi)
        visibility = np.float32(2 * np.sinc(dx) * np.sinc(dy))
        total += visibility * (parts[a][0] * parts[b][0] + parts[a][1] * parts[b][1])
    return np.maximum(total, 0)


def multi(rng: np.random.Generator, sample: Sample, scene: Scene) -> Float:
    """Several copies of the particle, each turned and placed at random, summed as waves."""
    low, high = scene.condition.multiplicity
    count = int(rng.integers(low, high + 1))
    shot = log_normal(rng, scene.condition.fluence_sigma) * sample.scale
    places = places_nm(rng, count, scene.condition, sample.particle.diameter_nm)
    waves = []
    for place in places:
        wave = ewald_slice(sample.volume, random_rotation(rng), scene.grid)
        rows, columns = path_phase(place, scene)
        wave *= rows * np.complex64(np.sqrt(rng.uniform(*scene.condition.focus_weight)))
        wave *= columns
        waves.append(wave)
    return scene.grid.binned(superposed(waves, places, scene.grid)) * np.float32(shot)


def non_sample(rng: np.random.Generator, scene: Scene) -> Float:
    """A droplet or a clump: a spheroid, larger and brighter than a particle.

    Source: form factor of a uniform sphere, 3 (sin x - x cos x) / x^3, on axes scaled to an ellipsoid (Guinier 1939).
    """
    grid, condition = scene.grid, scene.condition
    low, high = np.log(condition.droplet_semi_axis_nm)
    axes = np.exp(np.clip(rng.uniform(low, high) + 0.25 * rng.standard_normal(3), low, high))
    scaled = (axes[:, None] * random_rotation(rng)).astype(np.float32)
    squared: Float = np.zeros(grid.qx.shape, np.float32)
    for row in scaled:
        squared += (grid.qx * row[0] + grid.qy * row[1] + grid.qz * row[2]) ** 2
    x = np.maximum(np.sqrt(squared), np.float32(0.05))
    image = grid.binned((3 * (np.sin(x) - x * np.cos(x)) / (x * x * x)) ** 2)
    bright = condition.droplet_brightness * np.exp(condition.droplet_sigma * rng.standard_normal())
    return image * np.float32(condition.photons * bright / float((image * grid.open).sum()))


def background(rng: np.random.Generator, scene: Scene) -> Float:
    """Gas, optics and fluorescence."""
    return scene.stray * np.float32(
        scene.condition.background_photons * log_normal(rng, scene.condition.background_sigma)
    )

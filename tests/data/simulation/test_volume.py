"""The fast path (volume, slice, superposition) against sums that need no approximation."""

from __future__ import annotations

import numpy as np
import pytest

from speckleforge.data.simulation.conditions import CONDITIONS
from speckleforge.data.simulation.geometry import Grid, make_grid
from speckleforge.data.simulation.particles import Particle, random_particle
from speckleforge.data.simulation.random_streams import random_rotation, stream
from speckleforge.data.simulation.shots import make_scene, path_phase, superposed
from speckleforge.data.simulation.volume import ewald_slice, fourier_volume

CONDITION = CONDITIONS["reference"]


def direct_sum(particle: Particle, rotation: np.ndarray, grid: Grid, place: np.ndarray | None = None) -> np.ndarray:
    """Amplitude as the sum over all scatterers: the oracle."""
    q = np.stack([grid.qx, grid.qy, grid.qz], axis=-1).astype(np.float64)
    points = particle.points_nm @ rotation.T + (0 if place is None else place)
    total = np.zeros(q.shape[:2], np.complex128)
    for point, weight in zip(points, particle.weights, strict=True):
        total += weight * np.exp(-1j * (q @ point))
    return total * np.exp(-0.5 * (q**2).sum(axis=-1) * particle.sigma_nm**2)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


@pytest.mark.parametrize("seed", range(6))
def test_slices_equal_the_direct_sum(seed: int) -> None:
    rng = stream(seed)
    particle = random_particle(rng, CONDITION)
    grid = make_grid(CONDITION, 40, 32, 1)
    volume = fourier_volume(particle, grid.q_max)
    rotation = random_rotation(rng)
    fast, exact = ewald_slice(volume, rotation, grid), direct_sum(particle, rotation, grid)
    assert correlation(np.abs(fast) ** 2, np.abs(exact) ** 2) > 0.999
    # The centre dominates a correlation of intensities; amplitudes check the faint rim as well.
    assert correlation(np.abs(fast), np.abs(exact)) > 0.999
    assert np.linalg.norm(fast - exact) < 0.06 * np.linalg.norm(exact)


def test_a_displaced_particle_gets_the_phase_of_its_place() -> None:
    rng = stream(1)
    particle = random_particle(rng, CONDITION)
    scene = make_scene(CONDITION, 32, 32, 1)
    rotation, place = random_rotation(rng), np.array([120.0, -60.0, 200.0])
    rows, columns = path_phase(place, scene)
    exact = direct_sum(particle, rotation, scene.grid, place)
    moved = direct_sum(particle, rotation, scene.grid) * rows * columns
    assert np.abs(moved - exact).max() < 0.01 * np.abs(exact).max()


def test_fringes_are_integrated_over_the_pixel() -> None:
    """Two point-like waves: pixel values equal the mean over a much finer grid, whatever the fringe period."""
    for distance in (40.0, 180.0, 420.0, 900.0):
        coarse, fine = (make_scene(CONDITION, 16, 16, n) for n in (1, 32))
        places = np.array([[distance, 0.3 * distance, 0.0], [0.0, 0.0, 0.0]])
        means = []
        for scene in (coarse, fine):
            waves = [np.multiply(*path_phase(place, scene)) for place in places]
            if scene is coarse:
                means.append(superposed(waves, places, scene.grid))
            else:
                intensity = np.abs(waves[0] + waves[1]).astype(np.float32) ** 2
                means.append(scene.grid.binned(intensity) / 32**2)
        assert np.abs(means[0] - means[1]).max() < 0.02, distance


def test_fringes_finer_than_a_pixel_vanish() -> None:
    scene = make_scene(CONDITION, 16, 16, 1)
    places = np.array([[5000.0, 4000.0, 0.0], [0.0, 0.0, 0.0]])
    waves = [np.ones(scene.grid.qx.shape, np.complex64) for _ in places]
    assert np.allclose(superposed(waves, places, scene.grid), 2.0, atol=0.05)


def test_rotations_are_rotations_and_uniform() -> None:
    rng = stream(5)
    drawn = np.stack([random_rotation(rng) for _ in range(4000)])
    assert np.allclose(drawn @ drawn.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(drawn), 1)
    # Under the Haar measure every element has mean 0 and mean square 1/3.
    assert np.abs(drawn.mean(axis=0)).max() < 0.05
    assert np.abs((drawn**2).mean(axis=0) - 1 / 3).max() < 0.03


def test_particles_fit_their_diameter() -> None:
    families = set()
    for seed in range(60):
        particle = random_particle(stream(seed), CONDITION)
        families.add(particle.family)
        radius = np.linalg.norm(particle.points_nm, axis=1)
        assert radius.max() <= particle.diameter_nm / 2 * (1 + 1e-9)
        assert CONDITION.diameter_nm[0] <= particle.diameter_nm <= CONDITION.diameter_nm[1]
        assert np.isclose(particle.weights.sum(), 1)
    assert families == {"globular", "shell", "rod"}

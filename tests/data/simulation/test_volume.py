"""The fast path (volume, slice, superposition, droplets) against sums that need no approximation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from speckleforge.data.simulation import kernels_waves
from speckleforge.data.simulation.conditions import condition
from speckleforge.data.simulation.detector import make_detector
from speckleforge.data.simulation.families import FAMILIES, random_particle
from speckleforge.data.simulation.particles import Body, Particle, Scatterers, gaussian
from speckleforge.data.simulation.random_streams import Draws, stream
from speckleforge.data.simulation.rotations import matrix, random_rotation
from speckleforge.data.simulation.shots import Scene, focus, make_scene, places_nm, superpose
from speckleforge.data.simulation.volume import FourierVolume, fast_size, fourier_volume
from tests.data.simulation.direct import direct_sum

CONDITION = condition("reference")
Q_MAX = 0.85


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(CONDITION, (40, 32))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def sliced(volume: FourierVolume, rotation: np.ndarray, scene: Scene) -> np.ndarray:
    volume.wave(rotation, scene.q, scene.waves[0])
    return scene.waves[0, 0] + 1j * scene.waves[0, 1]


def of_family(name: str) -> Particle:
    return next(p for p in (random_particle(stream(seed), CONDITION.sample) for seed in range(99)) if p.name == name)


@pytest.mark.parametrize("name", [*FAMILIES, "spheroid"])
def test_slices_equal_the_direct_sum(name: str, scene: Scene) -> None:
    particle = of_family(name)
    volume = fourier_volume(particle, Q_MAX)
    for seed in range(3):
        rotation = random_rotation(stream(seed))
        fast, exact = sliced(volume, rotation, scene), direct_sum(particle, rotation, scene.q)
        assert correlation(np.abs(fast) ** 2, np.abs(exact) ** 2) > 0.999
        # The centre dominates a correlation of intensities; amplitudes check the faint rim as well.
        assert correlation(np.abs(fast), np.abs(exact)) > 0.999
        assert np.linalg.norm(fast - exact) < 0.025 * np.linalg.norm(exact)
        assert np.abs(np.abs(fast) ** 2 - np.abs(exact) ** 2).sum() < 0.04 * (np.abs(exact) ** 2).sum()


def test_the_forward_amplitude_is_the_number_of_electrons() -> None:
    for name in (*FAMILIES, "spheroid"):
        particle = of_family(name)
        volume, out = fourier_volume(particle, Q_MAX), np.empty((2, 1), np.float32)
        volume.wave(np.eye(3), np.zeros((3, 1), np.float32), out)
        # On a grid point nothing is interpolated, and the window's correction stands alone: 2 to 5 % too much.
        assert 1 <= out[0, 0] / particle.electrons < 1.06
        assert abs(out[1, 0]) < 1e-3 * out[0, 0]


def test_opposite_points_are_conjugate() -> None:
    volume = fourier_volume(of_family("globular"), Q_MAX)
    q = (stream(3).uniform(-0.4, 0.4, size=(3, 500))).astype(np.float32)
    there, back = np.empty((2, 500), np.float32), np.empty((2, 500), np.float32)
    volume.wave(np.eye(3), q, there)
    volume.wave(np.eye(3), -q, back)
    scale = np.abs(there).max()
    assert np.abs(there[0] - back[0]).max() < 1e-4 * scale
    assert np.abs(there[1] + back[1]).max() < 1e-4 * scale


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_multi_hits_equal_the_direct_sum(count: int, scene: Scene) -> None:
    """Particles that touch: amplitudes as direct sums, each pair's fringes averaged over 8 x 8 points of a pixel."""
    particle, draws = of_family("helix"), Draws(count, 1)
    touching = replace(CONDITION, multi=replace(CONDITION.multi, touching_share=1.0))
    places = places_nm(draws, touching, count, particle.diameter_nm)
    here, turns = focus(touching, places), [matrix(draws.quaternion()) for _ in places]
    volume = fourier_volume(particle, Q_MAX)
    for index, turn in enumerate(turns):
        volume.wave(turn, scene.q, scene.waves[index])
    superpose(scene, places, here)
    waves = [np.sqrt(light) * direct_sum(particle, turn, scene.q) for turn, light in zip(turns, here, strict=True)]
    exact = np.zeros(scene.detector.pixels)
    q = make_detector(CONDITION, (40 * 8, 32 * 8)).centred()[0].astype(np.float64)
    for a, b in product(range(count), repeat=2):
        fringe = np.exp(-1j * ((places[a] - places[b]) @ q)).reshape(40, 8, 32, 8).mean(axis=(1, 3)).ravel()
        exact += (waves[a] * waves[b].conj() * fringe).real
    assert correlation(scene.signal, exact) > 0.999
    assert np.abs(scene.signal - exact).sum() < 0.04 * exact.sum()


@pytest.mark.parametrize("apart", [(60, 18, 0), (250, -80, 3000), (700, 300, -9000), (30, 10, 20000)])
def test_fringes_are_integrated_over_the_pixel(apart: tuple[float, float, float]) -> None:
    """Two point-like waves: pixel values equal the mean over a much finer grid, whatever the fringe period."""
    coarse, (fine, _) = make_scene(CONDITION, (65, 65)), make_detector(CONDITION, (1040, 1040)).centred()
    places = np.array([apart, (0.0, 0.0, 0.0)])
    coarse.waves[:, 0], coarse.waves[:, 1] = 1, 0
    superpose(coarse, places, np.array([1.0, 0.5]))
    intensity = 1.5 + 2 * 0.5**0.5 * np.cos(apart @ fine.astype(np.float64))
    mean = intensity.reshape(65, 16, 65, 16).mean(axis=(1, 3)).ravel()
    # The phase is taken as linear over a pixel; micrometres along the beam bend it.
    assert np.abs(coarse.signal - mean).max() < 0.1
    assert np.sqrt(((coarse.signal - mean) ** 2).mean()) < 0.01


def test_fringes_finer_than_a_pixel_vanish(scene: Scene) -> None:
    scene.waves[:, 0], scene.waves[:, 1] = 1, 0
    superpose(scene, np.array([[50000.0, 40000.0, 0.0], [0.0, 0.0, 0.0]]), np.ones(2))
    assert np.allclose(scene.signal, 2.0, atol=0.05)


def test_a_droplet_is_the_form_factor_of_an_ellipsoid(scene: Scene) -> None:
    axes = np.array([40.0, 55.0, 70.0])[:, None] * random_rotation(stream(4)).T
    exact = np.abs(Body(axes, np.zeros(3), 1.0, 0.0).amplitude(scene.q.T.astype(np.float64))) ** 2
    out = np.empty(scene.detector.pixels, np.float32)
    kernels_waves.droplet(axes.astype(np.float32), scene.q, out)
    assert np.abs(out - exact).max() < 1e-5
    assert np.abs(out - exact).sum() < 1e-3 * exact.sum()


def test_sine_and_cosine_are_good_to_six_digits() -> None:
    phase = np.linspace(-60, 60, 20001).astype(np.float32)
    sine, cosine = np.array([kernels_waves.sin_cos(value) for value in phase]).T
    assert np.abs(sine - np.sin(phase.astype(np.float64))).max() < 1e-5
    assert np.abs(cosine - np.cos(phase.astype(np.float64))).max() < 1e-5


def test_scatterers_of_different_kinds_add_up(scene: Scene) -> None:
    rng = stream(8)
    parts = tuple(
        Scatterers(rng.uniform(-9, 9, size=(30, 3)), rng.uniform(1, 2, size=30), gaussian(sigma))
        for sigma in (0.5, 2.0)
    )
    particle = Particle("two kinds", parts, (), 32.0)
    rotation = random_rotation(rng)
    fast, exact = sliced(fourier_volume(particle, Q_MAX), rotation, scene), direct_sum(particle, rotation, scene.q)
    assert np.linalg.norm(fast - exact) < 0.02 * np.linalg.norm(exact)


def test_sizes_of_transforms() -> None:
    assert [fast_size(n) for n in (2, 7, 61, 97, 128)] == [2, 8, 64, 100, 128]

"""One shot: what the beam meets and what light the detector gets. Takes a scene, a particle and random draws.

Intensities are in photons per pixel, before counting. Each class has its own function; all share `Scene`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation import kernels_waves
from speckleforge.data.simulation.condition import Condition
from speckleforge.data.simulation.detector import FARTHEST, Detector, make_detector, q_max, stray_light
from speckleforge.data.simulation.particles import Particle
from speckleforge.data.simulation.random_streams import Draws, stream
from speckleforge.data.simulation.rotations import matrix, random_rotation
from speckleforge.data.simulation.volume import Float, FourierVolume, fourier_volume

CLASSICAL_RADIUS_UM = 2.8179403262e-9
"""Classical electron radius in micrometres. Source: CODATA 2018."""
REFERENCE_ORIENTATIONS = 12
"""Orientations over which a particle's mean number of photons is set; the mean is then good to a few per cent."""
REFERENCE_SEED = 7
MOST = 5
"""Particles of a multi-hit at most."""
NONE = np.full(4, np.nan)


@dataclass(frozen=True)
class Scene:
    """What every shot shares: condition, detector, background shape, and arrays to work in.

    Attributes
    ----------
    stray
        float32 [pixels]: where background photons go.
    q, weight, signal, waves
        Work arrays: scattering vectors, solid angle times polarisation, intensity, amplitudes [5, 2, pixels].
    """

    condition: Condition
    detector: Detector
    stray: Float
    q: Float
    weight: Float
    signal: Float
    waves: Float = field(repr=False)


@dataclass(frozen=True)
class Sample:
    """One particle ready to be hit: its volume, and the mean fluence in the middle of the focus (photons/um^2)."""

    particle: Particle
    volume: FourierVolume
    fluence: float
    photons: float


@dataclass(frozen=True)
class Light:
    """What a shot was: the expected photons stand in the caller's array.

    Attributes
    ----------
    orientation
        Unit quaternion of the particle that got most light; NaN where there is none.
    hits
        Particles in the shot.
    pulse
        Energy of the pulse relative to the mean.
    focus
        Fluence at that particle (or droplet) relative to the middle of the focus; 1 where there is none.
    expected
        Mean photons that the shot gives.
    """

    orientation: NDArray[np.float64]
    hits: int
    pulse: float
    focus: float = 1.0
    expected: float = 0.0

    @property
    def fluence(self) -> float:
        """Fluence at the particle relative to the mean in the middle of the focus."""
        return self.pulse * self.focus


def make_scene(condition: Condition, shape: tuple[int, int]) -> Scene:
    """Lay out detector and background of a condition."""
    detector = make_detector(condition, shape)
    q, weight = detector.centred()
    waves = np.empty((MOST, 2, detector.pixels), np.float32)
    return Scene(condition, detector, stray_light(condition, detector), q, weight, np.empty_like(weight), waves)


def make_sample(particle: Particle, scene: Scene) -> Sample:
    """Transform a particle and set the attenuators for it, from a fixed set of orientations."""
    beam = scene.condition.beam
    volume = fourier_volume(particle, q_max(scene.condition, scene.detector))
    rng = stream(REFERENCE_SEED)
    q, weight = scene.detector.centred()
    total = 0.0
    for _ in range(REFERENCE_ORIENTATIONS):
        scene.signal[:] = 0
        volume.wave(random_rotation(rng), q, scene.waves[0])
        kernels_waves.squared(scene.waves[0], np.float32(1), scene.signal)
        total += float((scene.signal * weight * scene.detector.opening).sum(dtype=np.float64))
    each = CLASSICAL_RADIUS_UM**2 * total / REFERENCE_ORIENTATIONS * mean_focus(beam.focus_cut)
    fluence = min(beam.photons_per_pattern / each, beam.highest_fluence_photons_per_um2)
    return Sample(particle, volume, fluence, fluence * each)


def nominal_fluence(scene: Scene) -> float:
    """Fluence at which a sphere of the sample's density and mean diameter gives the condition's photons."""
    beam, sample = scene.condition.beam, scene.condition.sample
    radius = sum(sample.diameter_nm) / 4
    q, weight = scene.detector.centred()
    kernels_waves.droplet((radius * np.eye(3)).astype(np.float32), q, scene.signal)
    electrons = sample.electrons_per_nm3 * 4 / 3 * math.pi * radius**3
    seen = float((scene.signal * weight * scene.detector.opening).sum(dtype=np.float64)) * electrons**2
    each = CLASSICAL_RADIUS_UM**2 * seen * mean_focus(beam.focus_cut)
    return min(beam.photons_per_pattern / each, beam.highest_fluence_photons_per_um2)


def mean_focus(cut: float) -> float:
    """Mean relative fluence over the area where it is above `cut`: for a Gaussian it is uniform in its logarithm."""
    return (1 - cut) / -math.log(cut) if cut < 1 else 1.0


def background(draws: Draws, scene: Scene, out: Float) -> Light:
    """Gas, optics, fluorescence and solvent alone."""
    pulse = draws.pulse_energy(scene.condition.beam.sase_modes)
    scene.signal[:] = 0
    return _exposed(draws, scene, 0.0, out, Light(NONE, 0, pulse))


def single(draws: Draws, scene: Scene, sample: Sample, drift_mm: NDArray[np.float64], out: Float) -> Light:
    """One particle at a random orientation and place in the focus."""
    pulse, quaternion = _aim(draws, scene, drift_mm), draws.quaternion()
    here = scene.condition.beam.focus_cut ** draws.uniform()
    sample.volume.wave(matrix(quaternion), scene.q, scene.waves[0])
    scene.signal[:] = 0
    kernels_waves.squared(scene.waves[0], np.float32(here), scene.signal)
    return _exposed(draws, scene, sample.fluence, out, Light(quaternion, 1, pulse, here))


def multi(draws: Draws, scene: Scene, sample: Sample, drift_mm: NDArray[np.float64], out: Float) -> Light:
    """Two to five copies of the particle, each turned and placed at random, summed as waves."""
    pulse = _aim(draws, scene, drift_mm)
    counts = np.arange(2, MOST + 1)
    mean = scene.condition.multi.mean_particles
    count = int(counts[draws.choice(np.array([mean**n / math.factorial(n) for n in counts]))])
    places = places_nm(draws, scene.condition, count, sample.particle.diameter_nm)
    here = focus(scene.condition, places)
    turns = [draws.quaternion() for _ in range(count)]
    for index in range(count):
        sample.volume.wave(matrix(turns[index]), scene.q, scene.waves[index])
    superpose(scene, places, here)
    first = int(np.argmax(here))
    return _exposed(draws, scene, sample.fluence, out, Light(turns[first], count, pulse, float(here[first])))


def non_sample(draws: Draws, scene: Scene, fluence: float, drift_mm: NDArray[np.float64], out: Float) -> Light:
    """A droplet, or what stays of one: a uniform ellipsoid anywhere in the focus."""
    pulse, about = _aim(draws, scene, drift_mm), scene.condition.droplets
    low, high = np.log(about.radius_nm)
    lengths = np.exp(low + (high - low) * draws.uniform() + about.axis_sigma * draws.normals(3))
    here = scene.condition.beam.focus_cut ** draws.uniform()
    axes = (lengths[:, None] * matrix(draws.quaternion()).T).astype(np.float32)
    kernels_waves.droplet(axes, scene.q, scene.signal)
    electrons = about.electrons_per_nm3 * 4 / 3 * math.pi * float(lengths.prod())
    return _exposed(draws, scene, fluence * here * electrons**2, out, Light(NONE, 0, pulse, here))


def places_nm(draws: Draws, condition: Condition, count: int, diameter_nm: float) -> NDArray[np.float64]:
    """Places [count, 3] of the particles about the middle of the focus, x and y across the beam; none overlap."""
    sigma = 1e3 * condition.beam.focus_fwhm_um / (8 * math.log(2)) ** 0.5
    reach = sigma * math.sqrt(-2 * math.log(condition.beam.focus_cut)) if condition.beam.focus_cut < 1 else sigma
    touching = draws.uniform() <= condition.multi.touching_share
    places: list[NDArray[np.float64]] = []
    while len(places) < count:
        if touching and places:
            way = draws.normals(3)
            near = places[int(draws.uniform() * len(places)) % len(places)]
            place = near + way / np.linalg.norm(way) * diameter_nm * draws.uniform(1.0, 1.1)
        else:
            far, turn = reach * math.sqrt(draws.uniform()), draws.uniform(0, 2 * math.pi)
            depth = 1e3 * condition.multi.stream_sigma_um * float(draws.normals(1)[0])
            place = np.array([far * math.cos(turn), far * math.sin(turn), depth])
        if all(float(np.linalg.norm(place - other)) >= 0.999 * diameter_nm for other in places):
            places.append(place)
    return np.array(places)


def focus(condition: Condition, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative fluence [n] at places [n, 3] (nm)."""
    sigma = 1e3 * condition.beam.focus_fwhm_um / (8 * math.log(2)) ** 0.5
    return np.asarray(np.exp(-0.5 * (places[:, :2] ** 2).sum(axis=1) / sigma**2))


def superpose(scene: Scene, places: NDArray[np.float64], here: NDArray[np.float64]) -> None:
    """Sum the first waves of the scene, at `places` [n, 3] and relative fluences `here` [n], into its signal."""
    scene.signal[:] = 0
    pitch = scene.detector.pixel_mm / scene.detector.distance_mm
    optics = (np.float32(scene.detector.wave_number), np.float32(pitch))
    for index, fluence in enumerate(here):
        kernels_waves.squared(scene.waves[index], np.float32(fluence), scene.signal)
    for a, b in combinations(range(len(places)), 2):
        apart = (places[a] - places[b]).astype(np.float32)
        strength = np.float32(math.sqrt(here[a] * here[b]))
        kernels_waves.interfere(scene.waves[a], scene.waves[b], apart, strength, optics, scene.q, scene.signal)


def _aim(draws: Draws, scene: Scene, drift_mm: NDArray[np.float64]) -> float:
    """Point the beam: sets the scene's scattering vectors; returns the pulse's energy relative to the mean."""
    pulse = draws.pulse_energy(scene.condition.beam.sase_modes)
    jitter = np.clip(draws.normals(2), -FARTHEST, FARTHEST) * scene.condition.detector.centre_jitter_mm
    scene.detector.look(drift_mm + jitter, scene.q, scene.weight)
    return pulse


def _exposed(draws: Draws, scene: Scene, fluence: float, out: Float, light: Light) -> Light:
    """Fill `out` with expected photons, the signal's at `fluence` and the background's; the shot with their sum."""
    about = scene.condition.background
    stray = about.photons * light.pulse * draws.log_normal(about.sigma)
    strength = CLASSICAL_RADIUS_UM**2 * fluence * light.pulse
    total = kernels_waves.detect(
        scene.signal, scene.weight, np.float32(strength), scene.stray, np.float32(stray), scene.detector.opening, out
    )
    return replace(light, expected=total)

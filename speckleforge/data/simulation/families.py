"""Procedural particles, for users without files. Takes a random stream and a sample; gives particles.

Four families keep a network from learning one kind of object: globular assemblies of a few domains (C and D symmetry),
icosahedral shells, helices, and spheroids with a core. All have the sample's electron density, so how bright a
particle is follows from its size and shape.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from speckleforge.data.simulation.condition import Sample
from speckleforge.data.simulation.particles import Body, Particle, Points, Scatterers, centred, gaussian
from speckleforge.data.simulation.rotations import about_z, icosahedral_group, point_group, random_rotation

SCATTERERS = 600
"""About how many Gaussians a particle has; enough for speckle down to the width of one of them."""


def globular(rng: np.random.Generator) -> Points:
    """Build a few compact domains at random places of the asymmetric unit of C1 to C6 or D1 to D6."""
    group = point_group(int(rng.integers(1, 7)), bool(rng.random() < 0.4))
    domains = int(rng.integers(1, 5))
    each = max(8, SCATTERERS // (len(group) * domains))
    centres = rng.normal(size=(domains, 3)) + np.array([rng.uniform(0.3, 1.5), 0.0, 0.0])
    radii = rng.uniform(0.25, 0.7, size=domains)
    clouds = [centre + radius * rng.normal(size=(each, 3)) for centre, radius in zip(centres, radii, strict=True)]
    return _symmetrised(np.concatenate(clouds), group)


def icosahedral(rng: np.random.Generator) -> Points:
    """Build a wall of 60 copies of a few patches, as of capsids, some with a core: the genome."""
    patches = int(rng.integers(1, 4))
    each = SCATTERERS // 60 // patches + 1
    directions = np.repeat(rng.normal(size=(patches, 3)), each, axis=0)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    wall = directions * rng.uniform(0.75, 1.0, size=(len(directions), 1)) + 0.1 * rng.normal(size=directions.shape)
    points = _symmetrised(wall, list(icosahedral_group()))
    if rng.random() < 0.5:
        core = rng.normal(size=(SCATTERERS // 3, 3))
        core *= rng.uniform(0.2, 0.7) / np.linalg.norm(core, axis=1, keepdims=True)
        points = np.concatenate([points, core * rng.random((len(core), 1)) ** (1 / 3)])
    return points


def helix(rng: np.random.Generator) -> Points:
    """Build a short helix of one subunit."""
    turns = int(rng.integers(6, 20))
    unit = 0.25 * rng.normal(size=(SCATTERERS // turns, 3)) + np.array([rng.uniform(0.1, 0.6), 0.0, 0.0])
    rise, twist = rng.uniform(0.15, 0.35), rng.uniform(0.3, 2.8)
    return np.concatenate([unit @ about_z(twist * k).T + np.array([0, 0, rise * k]) for k in range(turns)])


FAMILIES: dict[str, Callable[[np.random.Generator], Points]] = {
    "globular": globular,
    "icosahedral": icosahedral,
    "helix": helix,
}


def random_particle(rng: np.random.Generator, sample: Sample) -> Particle:
    """Draw one particle whose diameter is uniform in the sample's range.

    Parameters
    ----------
    rng
        The particle's own stream.
    sample
        Sizes, density and the families' shares.
    """
    names = (*FAMILIES, "spheroid")
    shares = np.array([getattr(sample, f"{name}_share") for name in names])
    family = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    diameter = float(rng.uniform(*sample.diameter_nm))
    if family == "spheroid":
        return spheroid(rng, sample, diameter)
    return _of_points(family, FAMILIES[family](rng), rng, sample, diameter)


def spheroid(rng: np.random.Generator, sample: Sample, diameter_nm: float) -> Particle:
    """Build a long or flat ellipsoid of revolution with a denser core off its middle."""
    ratio = rng.uniform(1.4, 2.5)
    long = bool(rng.random() < 0.5)
    shape = np.array([1 / ratio, 1 / ratio, 1.0] if long else [1.0, 1.0, 1 / ratio])
    axes = shape[:, None] * random_rotation(rng).T * diameter_nm / 2
    core = float(rng.uniform(0.25, 0.5))
    place = rng.uniform(-1, 1, size=3) @ axes * (1 - core) / 3**0.5
    volume = 4 / 3 * np.pi * (diameter_nm / 2) ** 3 * float(shape.prod())
    electrons = sample.electrons_per_nm3 * volume
    bodies = (
        Body(axes, np.zeros(3), electrons, sample.scatterer_sigma_nm),
        Body(axes * core, place, electrons * core**3 * float(rng.uniform(0.5, 2.0)), sample.scatterer_sigma_nm),
    )
    return Particle("spheroid", (), bodies, diameter_nm)


def _symmetrised(unit: Points, group: list[Points]) -> Points:
    return np.concatenate([unit @ rotation.T for rotation in group])


def _of_points(family: str, points: Points, rng: np.random.Generator, sample: Sample, diameter_nm: float) -> Particle:
    """Scale points to the diameter and weigh them so that the whole has the sample's density."""
    weights = rng.uniform(0.5, 1.5, size=len(points))
    points, _ = centred(points, weights)
    radius = np.linalg.norm(points, axis=1)
    # One stray point must not set the scale: cut the outermost two per cent back to the surface.
    limit = float(np.quantile(radius, 0.98))
    points *= np.minimum(1.0, limit / np.maximum(radius, 1e-12))[:, None] * (diameter_nm / 2 / limit)
    weights *= sample.electrons_per_nm3 * _volume_nm3(points, weights, sample.scatterer_sigma_nm) / weights.sum()
    part = Scatterers(points, weights, gaussian(sample.scatterer_sigma_nm))
    return Particle(family, (part,), (), diameter_nm)


def _volume_nm3(points: Points, weights: Points, sigma_nm: float) -> float:
    """Volume of the uniform body with the same mean square density: (sum of density)^2 / sum of squared density."""
    squares = (points * points).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0)
    overlap = np.exp(apart / (-4 * sigma_nm**2)) / (4 * np.pi * sigma_nm**2) ** 1.5
    return float(weights.sum() ** 2 / (weights @ overlap @ weights))

"""Random particles: clouds of Gaussian scatterers. Takes a random stream and a condition; gives places and weights.

Three families keep a network from learning one kind of object: globular assemblies of a few domains, hollow shells,
and helical rods; each with a cyclic or dihedral symmetry where that makes sense.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.conditions import Condition

Points = NDArray[np.float64]

SCATTERERS = 600
"""About how many scatterers a particle has; enough for speckle down to the width of one of them."""


@dataclass(frozen=True)
class Particle:
    """A rigid object of Gaussian scatterers.

    Attributes
    ----------
    family
        Name of its family.
    points_nm
        float64 [n, 3], centred; no point is farther than half of `diameter_nm` from the origin.
    weights
        float64 [n], positive, sum 1.
    diameter_nm
        Twice the largest distance of a point from the origin.
    sigma_nm
        Standard deviation of every Gaussian.
    """

    family: str
    points_nm: Points
    weights: NDArray[np.float64]
    diameter_nm: float
    sigma_nm: float


def _about_z(angle: float) -> Points:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def point_group(order: int, dihedral: bool) -> list[Points]:
    """Return the rotations of C_order or D_order about z (and x)."""
    cyclic = [_about_z(2 * np.pi * k / order) for k in range(order)]
    flip = np.diag([1.0, -1.0, -1.0])
    return cyclic + [rotation @ flip for rotation in cyclic] if dihedral else cyclic


def _random_group(rng: np.random.Generator) -> list[Points]:
    return point_group(int(rng.integers(1, 7)), bool(rng.random() < 0.4))


def _symmetrised(unit: Points, group: list[Points]) -> Points:
    return np.concatenate([unit @ rotation.T for rotation in group])


def _globular(rng: np.random.Generator) -> Points:
    """Build a few compact domains at random places of the asymmetric unit."""
    group = _random_group(rng)
    domains = int(rng.integers(1, 5))
    each = max(8, SCATTERERS // (len(group) * domains))
    centres = rng.normal(size=(domains, 3)) + np.array([rng.uniform(0.3, 1.5), 0.0, 0.0])
    radii = rng.uniform(0.25, 0.7, size=domains)
    clouds = [centre + radius * rng.normal(size=(each, 3)) for centre, radius in zip(centres, radii, strict=True)]
    return _symmetrised(np.concatenate(clouds), group)


def _shell(rng: np.random.Generator) -> Points:
    """Build an ellipsoidal wall with spikes or patches on it, as of capsids and vesicles."""
    group = _random_group(rng)
    count = max(24, SCATTERERS // len(group))
    directions = rng.normal(size=(count, 3))
    patches = rng.normal(size=(int(rng.integers(1, 4)), 3)) * 3
    marked = int(count * rng.uniform(0.3, 0.7))
    directions[:marked] += patches[rng.integers(0, len(patches), marked)]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radius = rng.uniform(1 - rng.uniform(0.08, 0.3), 1, size=(count, 1))
    radius[:marked] *= rng.uniform(1.0, 1.2)
    return _symmetrised(directions * radius, group) * rng.uniform(0.6, 1.0, size=3)


def _rod(rng: np.random.Generator) -> Points:
    """Build a short helix of one subunit."""
    turns = int(rng.integers(6, 20))
    each = SCATTERERS // turns
    unit = 0.25 * rng.normal(size=(each, 3)) + np.array([rng.uniform(0.1, 0.6), 0.0, 0.0])
    rise, twist = rng.uniform(0.15, 0.35), rng.uniform(0.3, 2.8)
    return np.concatenate([unit @ _about_z(twist * k).T + np.array([0, 0, rise * k]) for k in range(turns)])


FAMILIES: dict[str, Callable[[np.random.Generator], Points]] = {
    "globular": _globular,
    "shell": _shell,
    "rod": _rod,
}
SHARES = (0.5, 0.3, 0.2)


def random_particle(rng: np.random.Generator, condition: Condition) -> Particle:
    """Draw one particle whose diameter is uniform in the condition's range."""
    family = list(FAMILIES)[int(rng.choice(len(SHARES), p=SHARES))]
    points = FAMILIES[family](rng)
    weights = rng.uniform(0.5, 1.5, size=len(points))
    weights /= weights.sum()
    points = points - weights @ points
    radius = np.linalg.norm(points, axis=1)
    # One stray point must not set the scale: cut the outermost two per cent back to the surface.
    limit = float(np.quantile(radius, 0.98))
    points *= np.minimum(1.0, limit / np.maximum(radius, 1e-12))[:, None]
    diameter = float(rng.uniform(*condition.diameter_nm))
    return Particle(family, points * (diameter / 2 / limit), weights, diameter, condition.scatterer_sigma_nm)

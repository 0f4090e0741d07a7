"""What a particle is: scatterers and solid bodies. Takes nothing; gives the types that families and files fill.

Amplitudes are in electrons; the forward amplitude of a particle is the number of its electrons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
FormFactor = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""|q| in 1/nm -> relative or absolute amplitude of one scatterer."""


@dataclass(frozen=True)
class Scatterers:
    """Equal scatterers at many places.

    Attributes
    ----------
    points_nm
        float64 [n, 3].
    weights
        float64 [n].
    form_factor
        Amplitude of one of weight 1, in electrons.
    """

    points_nm: Points
    weights: NDArray[np.float64]
    form_factor: FormFactor


@dataclass(frozen=True)
class Body:
    """A uniform ellipsoid with a soft surface.

    Attributes
    ----------
    axes_nm
        float64 [3, 3]: rows are its semi-axes, perpendicular to one another.
    centre_nm
        float64 [3].
    electrons
        May be negative: a hollow.
    sigma_nm
        Width of the Gaussian that the body is folded with.
    """

    axes_nm: NDArray[np.float64]
    centre_nm: NDArray[np.float64]
    electrons: float
    sigma_nm: float

    def amplitude(self, q: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Amplitude at q [..., 3] (1/nm)."""
        x = np.maximum(np.linalg.norm(q @ self.axes_nm.T, axis=-1), 1e-3)
        soft = np.exp(-0.5 * self.sigma_nm**2 * (q * q).sum(axis=-1))
        return np.asarray(
            self.electrons * soft * 3 * (np.sin(x) - x * np.cos(x)) / x**3 * np.exp(-1j * (q @ self.centre_nm))
        )


@dataclass(frozen=True)
class Particle:
    """A rigid object about the origin.

    Attributes
    ----------
    name
        Family, or the file's name.
    parts
        Scatterers of each kind.
    bodies
        Solid bodies.
    diameter_nm
        No scatterer or surface is farther than half of it from the origin.
    """

    name: str
    parts: tuple[Scatterers, ...]
    bodies: tuple[Body, ...]
    diameter_nm: float

    @property
    def electrons(self) -> float:
        """Forward amplitude."""
        zero = np.zeros(1)
        points = sum(float(part.weights.sum() * part.form_factor(zero)[0]) for part in self.parts)
        return points + sum(body.electrons for body in self.bodies)


def gaussian(sigma_nm: float) -> FormFactor:
    """Form factor of a Gaussian of one electron."""
    return lambda q: np.exp(-0.5 * (sigma_nm * q) ** 2)


def centred(points: Points, weights: NDArray[np.float64]) -> tuple[Points, float]:
    """Points about their mean weighted by `weights`, and the largest distance from it."""
    moved = points - weights @ points / weights.sum()
    return moved, float(np.linalg.norm(moved, axis=1).max())

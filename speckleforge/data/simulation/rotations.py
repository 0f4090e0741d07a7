"""Rotations: unit quaternions, matrices and point groups. Takes angles or random numbers; gives arrays."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def matrix(quaternion: NDArray[np.float64]) -> Matrix:
    """Rotation matrix [3, 3] of a unit quaternion (w, x, y, z); it takes body to laboratory coordinates."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def from_normals(deviates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit quaternion [4] with w >= 0 from four standard normal deviates: uniform over SO(3).

    Source: four normal deviates are uniform on the 3-sphere (Shoemake, Graphics Gems III, 1992).
    """
    quaternion = deviates / np.linalg.norm(deviates)
    return np.asarray(-quaternion if quaternion[0] < 0 else quaternion)


def random_rotation(rng: np.random.Generator) -> Matrix:
    """Draw a rotation matrix [3, 3], uniform over SO(3)."""
    return matrix(from_normals(rng.standard_normal(4)))


def about_z(angle: float) -> Matrix:
    """Rotation about z by `angle` in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def point_group(order: int, dihedral: bool) -> list[Matrix]:
    """Return the rotations of C_order or D_order about z (and x)."""
    cyclic = [about_z(2 * np.pi * k / order) for k in range(order)]
    flip = np.diag([1.0, -1.0, -1.0])
    return cyclic + [rotation @ flip for rotation in cyclic] if dihedral else cyclic


@cache
def icosahedral_group() -> tuple[Matrix, ...]:
    """Return the 60 rotations of the icosahedron, from the 120 unit icosians (Conway and Smith 2003)."""
    golden = (1 + 5**0.5) / 2
    even = [(0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2), (1, 0, 3, 2), (1, 2, 0, 3), (1, 3, 2, 0)]
    even += [(2, 0, 1, 3), (2, 1, 3, 0), (2, 3, 0, 1), (3, 0, 2, 1), (3, 1, 0, 2), (3, 2, 1, 0)]
    corners = [np.eye(4)[axis] for axis in range(4)]
    corners += [np.array(signs) / 2 for signs in product((1.0, -1.0), repeat=4)]
    for order, signs in product(even, product((1.0, -1.0), repeat=3)):
        values = np.array([golden * signs[0], signs[1], signs[2] / golden, 0.0]) / 2
        corners.append(values[list(order)])
    found: list[Matrix] = []
    for corner in corners:
        turned = matrix(corner)
        if not any(np.allclose(turned, other) for other in found):
            found.append(turned)
    return tuple(found)

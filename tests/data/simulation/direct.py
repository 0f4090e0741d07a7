"""The oracle: a particle's amplitude as the sum over its scatterers and bodies, in double precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.particles import Particle

BLOCK = 256


def direct_sum(
    particle: Particle, rotation: NDArray[np.float64], q: NDArray[np.float32], place: NDArray[np.float64] | None = None
) -> NDArray[np.complex128]:
    """Amplitude [pixels] in electrons at `q` [3, pixels] of the turned particle at `place` (nm)."""
    lab = q.T.astype(np.float64)
    body, length = lab @ rotation, np.linalg.norm(lab, axis=1)
    total = np.zeros(len(lab), np.complex128)
    for part in particle.parts:
        waves = np.zeros(len(lab), np.complex128)
        for start in range(0, len(part.weights), BLOCK):
            block = slice(start, start + BLOCK)
            waves += np.exp(-1j * (body @ part.points_nm[block].T)) @ part.weights[block]
        total += waves * part.form_factor(length)
    for solid in particle.bodies:
        total += solid.amplitude(body)
    return total if place is None else total * np.exp(-1j * (lab @ place))

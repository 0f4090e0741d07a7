"""How fast diffraction patterns are simulated: `python -m benchmarks.simulation`.

One pattern of each class as the data stage makes it (drawing, expected photons, counting), at the detector of the
published network; raw frames in ADU; what a particle costs once, before its first pattern; and the peer: one pattern of
one particle as the direct sum over its scatterers, counted, which the Fourier volume replaces. One process, one thread;
seconds of the processor, so that other work on the machine counts less.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.timing import arguments, machine, measure, table
from speckleforge.data.simulation import kernels_counts
from speckleforge.data.simulation.camera import Camera, Shots
from speckleforge.data.simulation.random_streams import Draws
from speckleforge.data.simulation.rotations import matrix
from speckleforge.data.simulation.settings import CLASSES, SimulationSettings
from speckleforge.data.simulation.shots import CLASSICAL_RADIUS_UM, make_sample
from tests.data.simulation.direct import direct_sum

SHAPE = (130, 130)


def directly(camera: Camera) -> np.ndarray:
    """One single hit by the direct sum, counted."""
    scene, sample, draws = camera.scene, camera.sample(0), Draws(1, 9)
    q, weight = scene.detector.centred()
    amplitude = direct_sum(sample.particle, matrix(draws.quaternion()), q)
    expected = (np.abs(amplitude) ** 2 * weight * CLASSICAL_RADIUS_UM**2 * sample.fluence).astype(np.float32)
    out = np.empty(scene.detector.pixels, np.uint16)
    kernels_counts.count(expected, draws.state, out)
    return out


def patterns(camera: Camera, name: str, count: int) -> Callable[[], object]:
    """A call that makes patterns of one class."""
    return lambda: camera.frames(Shots(0, 0, tuple((name, index) for index in range(count))))


def main() -> int:
    """Measure and print."""
    parser = arguments(__doc__, 9)
    parser.add_argument("--patterns", type=int, default=100, metavar="N", help="patterns a run (default: 100)")
    parser.add_argument("--condition", default="reference", help="default: reference")
    parser.add_argument("--seed", type=int, default=3, help="which particle (default: 3)")
    given = parser.parse_args()
    settings = SimulationSettings(given.condition, CLASSES, (1, 1, 1), (2, 2, 2), given.seed, SHAPE)
    camera, raw = Camera(settings), Camera(replace(settings, raw=True))
    particle = camera.sample(0).particle
    rivals = {name: patterns(camera, name, given.patterns) for name in CLASSES}
    rivals["single, in ADU"] = patterns(raw, "single", given.patterns)
    items = dict.fromkeys(rivals, given.patterns)
    rivals["a particle, once"] = lambda: make_sample(particle, camera.scene)
    rivals["single, direct sum"] = lambda: directly(camera)
    scatterers = sum(len(part.weights) for part in particle.parts)
    about = f"{particle.name} of {particle.diameter_nm:.0f} nm, {scatterers} scatterers"
    photons = camera.sample(0).photons + camera.scene.condition.background.photons
    print(f"{SHAPE[0]}x{SHAPE[1]} pixels, {given.condition} ({photons:.0f} photons a single hit), {about}: {machine()}")
    print("\n".join(table(measure(rivals, given.runs, items, time.process_time), "patterns")))
    return 0


if __name__ == "__main__":
    sys.exit(main())

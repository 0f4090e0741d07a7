"""How fast diffraction patterns are simulated: `python -m benchmarks.simulation`.

One pattern of each class as the data stage makes it (expected photons and counting noise), at the size of the
published network; what a particle costs once, before its first pattern; and the peer: one pattern of one particle as
the direct sum over its scatterers, which the Fourier volume replaces.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from tests.data.test_volume import direct_sum

from benchmarks.timing import arguments, machine, measure, table
from speckleforge.data.simulation import shots
from speckleforge.data.simulation.conditions import condition
from speckleforge.data.simulation.particles import random_particle
from speckleforge.data.simulation.random_streams import random_rotation, stream
from speckleforge.data.simulation.settings import CLASSES

ROWS, COLUMNS, BIN = 65, 65, 2


def main() -> int:
    """Measure and print."""
    parser = arguments(__doc__, 9)
    parser.add_argument("--patterns", type=int, default=20, metavar="N", help="patterns a run (default: 20)")
    parser.add_argument("--condition", default="reference", help="default: reference")
    given = parser.parse_args()
    scene = shots.make_scene(condition(given.condition), ROWS, COLUMNS, BIN)
    particle = random_particle(stream(1), scene.condition)
    sample = shots.make_sample(particle, scene)
    rng = stream(2)

    def directly() -> np.ndarray:
        wave = direct_sum(particle, random_rotation(rng), scene.grid)
        return scene.grid.binned((np.abs(wave) ** 2).astype(np.float32)) * np.float32(sample.scale)

    expected: dict[str, Callable[[], np.ndarray]] = {
        "background": lambda: shots.background(rng, scene),
        "single": lambda: shots.background(rng, scene) + shots.single(rng, sample, scene),
        "multi": lambda: shots.background(rng, scene) + shots.multi(rng, sample, scene),
        "non_sample": lambda: shots.background(rng, scene) + shots.non_sample(rng, scene),
    }
    assert tuple(expected) == CLASSES

    def patterns(mean: Callable[[], np.ndarray], count: int) -> Callable[[], object]:
        return lambda: [rng.poisson(mean().astype(np.float64)) for _ in range(count)]

    peer = "single, direct sum"
    rivals = {name: patterns(mean, given.patterns) for name, mean in expected.items()}
    rivals["a particle, once"] = lambda: shots.make_sample(particle, scene)
    rivals[peer] = patterns(directly, 1)
    items = dict.fromkeys(expected, given.patterns)
    points = len(particle.points_nm)
    print(f"{ROWS}x{COLUMNS} pixels of {BIN}x{BIN}, {points} scatterers, {given.condition}: {machine()}")
    print("\n".join(table(measure(rivals, given.runs, items), "patterns")))
    return 0


if __name__ == "__main__":
    sys.exit(main())

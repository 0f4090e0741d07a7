"""The simulated data source. Takes settings; gives frames chunk by chunk, the same bytes whatever the chunk or process.

Frames come split by split, particle by particle, class by class. Memory holds one chunk for each process, one
particle's volume, and nothing of the data set.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.camera import Camera, Shots, stretches
from speckleforge.data.simulation.condition import Condition
from speckleforge.data.simulation.settings import SimulationSettings
from speckleforge.data.source import Frames
from speckleforge.errors import Problem, SpecError

LEFT_OUT = (
    "thermal motion, bulk solvent, radiation damage, inelastic scattering, finite bandwidth, pile-up in time, "
    "the change of intensity within a pixel other than a pair's fringes"
)


@dataclass(frozen=True)
class Simulation:
    """A planned data set; nothing is computed before it is asked for.

    Attributes
    ----------
    settings
        What is simulated.
    processes
        Processes that simulate; they change no byte.
    """

    settings: SimulationSettings
    processes: int = 1

    @cached_property
    def _camera(self) -> Camera:
        return Camera(self.settings)

    @property
    def condition(self) -> Condition:
        """The named condition."""
        return self._camera.scene.condition

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.settings.classes

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        return self.settings.frame_shape

    @property
    def units(self) -> Literal["photons", "adu"]:
        """`adu` for raw frames."""
        return "adu" if self.settings.raw else "photons"

    @property
    def count(self) -> int:
        """Frames in all."""
        each = zip(self.settings.particles, self.settings.patterns, strict=True)
        return len(self.settings.classes) * sum(particles * patterns for particles, patterns in each)

    def chunks(self, size: int = 64) -> Iterator[Frames]:
        """All frames, at most `size` at a time; neither `size` nor `processes` changes a value.

        Raises
        ------
        SpecError
            If `size` is not positive, or a structure cannot be used.
        """
        if size < 1:
            raise SpecError(Problem("no such chunk", "size", str(size), "1 or more"))
        wanted = self._shots(size)
        return (
            _spread(self.settings, wanted, self.processes) if self.processes > 1 else map(self._camera.frames, wanted)
        )

    def _shots(self, size: int) -> Iterator[Shots]:
        """The order of all frames; a chunk never spans two particles."""
        first = 0
        for split, (particles, patterns) in enumerate(
            zip(self.settings.particles, self.settings.patterns, strict=True)
        ):
            items = [(name, index) for name in self.settings.classes for index in range(patterns)]
            for particle in range(first, first + particles):
                yield from (Shots(particle, split, part) for part in stretches(items, size))
            first += particles

    def calibration(self) -> Mapping[str, NDArray[Any]]:
        """The detector's `mask`, and for raw frames the `pedestal` of a dark run and the `gain`."""
        mask = self._camera.scene.detector.mask
        return self._camera.electronics.calibration(mask) if self.settings.raw else {"mask": mask}

    def scattering_vector(self) -> NDArray[np.float32]:
        """|q| in 1/nm at the pixels' centres, [rows, columns], with the beam in the middle."""
        q, _ = self._camera.scene.detector.centred()
        return np.asarray(np.sqrt((q.astype(np.float64) ** 2).sum(axis=0)).reshape(self.frame_shape), np.float32)

    def record(self) -> dict[str, Any]:
        """The numbers behind the frames, with units in their names."""
        scene, values = self._camera.scene, asdict(self.condition)
        facts = {"name": values.pop("name"), "about": values.pop("about"), "digest": values.pop("digest")}
        return {
            "condition": {**facts, "values": values},
            "wavelength_nm": round(2 * np.pi / scene.detector.wave_number, 6),
            "pixel_mm": round(scene.detector.pixel_mm, 6),
            "edge_resolution_nm": round(self._edge_resolution_nm(), 4),
            "sensitive_share": round(float(scene.detector.opening.mean()), 6),
            "good_pixels": int(scene.detector.mask.sum()),
            "orientation": "unit quaternion (w, x, y, z), body to laboratory; of the particle with most light",
            "structures": [path.name for path in self.settings.structures],
            "left_out": LEFT_OUT,
        }

    def _edge_resolution_nm(self) -> float:
        """Full period at the middle of the longer side: 2 pi / q."""
        detector = self._camera.scene.detector
        angle = np.arctan2(max(detector.shape) * detector.pixel_mm / 2, detector.distance_mm)
        return float(2 * np.pi / (2 * detector.wave_number * np.sin(angle / 2)))


_WORKER: list[Camera] = []


def _spread(settings: SimulationSettings, wanted: Iterator[Shots], processes: int) -> Iterator[Frames]:
    """Frames in order from several processes; each holds at most two chunks."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (settings,)) as pool:
        pending: deque[Future[Frames]] = deque(pool.submit(_work, shots) for shots in islice(wanted, 2 * processes))
        while pending:
            frames = pending.popleft().result()
            if (following := next(wanted, None)) is not None:
                pending.append(pool.submit(_work, following))
            yield frames


def _start(settings: SimulationSettings) -> None:
    _WORKER[:] = [Camera(settings)]


def _work(shots: Shots) -> Frames:
    return _WORKER[0].frames(shots)

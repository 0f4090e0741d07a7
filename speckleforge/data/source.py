"""What a data source is. Takes nothing; gives the protocol that simulations and files follow, and its frames.

A source gives frames at the detector's own pixels. Calibration, cropping and binning come afterwards (`preprocess`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Frames:
    """Some frames and what is known of each.

    Attributes
    ----------
    frames
        [n, rows, columns]: unsigned whole photons, or ADU (unsigned or float32).
    label
        int64 [n]: index into the source's classes.
    particle
        int64 [n]: which particle was hit; -1 for none.
    split
        uint8 [n]: 0 train, 1 validate, 2 test.
    orientation
        float64 [n, 4]: unit quaternion (w, x, y, z) from body to laboratory; NaN where there is none.
    hits
        int64 [n]: particles in the shot; -1 where unknown.
    fluence
        float64 [n]: relative to the condition's mean at the focus; NaN where unknown.
    expected
        float64 [n]: mean photons before counting; NaN where unknown.
    """

    frames: Array
    label: NDArray[np.int64]
    particle: NDArray[np.int64]
    split: NDArray[np.uint8]
    orientation: NDArray[np.float64]
    hits: NDArray[np.int64]
    fluence: NDArray[np.float64]
    expected: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)


class Source(Protocol):
    """What every data source offers. Nothing is computed or read in full before `chunks()` is iterated."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of their labels."""

    @property
    def count(self) -> int:
        """Frames in all chunks."""

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of a frame, in the detector's own pixels."""

    @property
    def units(self) -> Literal["photons", "adu"]:
        """Units of `Frames.frames`."""

    def chunks(self, size: int) -> Iterator[Frames]:
        """All frames, at most `size` at a time, in an order and with bytes that do not depend on `size`."""

    def calibration(self) -> Mapping[str, Array]:
        """Arrays of the frame's shape that the source knows itself; may be empty.

        `pedestal` float32 in ADU, `mask` uint8 (1 good, 0 bad), `gain` float32 in ADU per photon.
        """

    def scattering_vector(self) -> NDArray[np.float32] | None:
        """Length of the scattering vector [rows, columns] in 1/nm at the pixel centres; None where unknown."""

    def record(self) -> dict[str, Any]:
        """JSON values for the record: physics, the condition with its digest, facts of this source."""

"""What a step is. Takes frames [n, rows, columns] in some units; gives frames in others; keeps no state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, int]
Carry = Literal["sum", "mean", "all"]
"""How a map of the detector follows a bin: pedestals add up, coordinates are averaged, a good bin needs good pixels."""


@dataclass(frozen=True)
class Step(ABC):
    """One step upstream of the detector link. Frozen: equal frames give equal results, whatever came before."""

    @abstractmethod
    def apply(self, frames: Array) -> Array:
        """Frames [n, rows, columns] after the step; the argument is left as it is."""

    def shape(self, source: Shape) -> Shape:
        """Rows and columns after the step.

        Raises
        ------
        FormatError
            If frames of `source` cannot be taken.
        """
        return source

    def carry(self, values: Array, rule: Carry) -> Array:
        """A map of the detector [rows, columns] as it is after the step."""
        return values


def as_float(frames: Array) -> NDArray[np.float32]:
    """Frames as float32, copied only where they are not."""
    return np.asarray(frames, np.float32)

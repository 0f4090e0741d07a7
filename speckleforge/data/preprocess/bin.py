"""bin: sums over squares of pixels. Takes ADU or photons; gives the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from speckleforge.data.preprocess.step import Array, Carry, Shape, Step
from speckleforge.errors import FormatError, Problem

UNITS = (("raw ADU", "ADU", "real photons", "photons"), "same")


@dataclass(frozen=True)
class Bin(Step):
    """`y = sum` over `size` x `size` pixels: exact in int64 for whole numbers, float64 otherwise; nothing saturates.

    Attributes
    ----------
    size
        Pixels of a bin along each axis; rows and columns are multiples of it.
    """

    size: int

    def shape(self, source: Shape) -> Shape:
        """Rows and columns by `size`."""
        if source[0] % self.size or source[1] % self.size:
            got, step = f"{source[0]}x{source[1]} pixels", "crop to a multiple before"
            what, allowed = "pixels are left over beside the bins", f"multiples of {self.size}"
            raise FormatError(Problem(what, "preprocess.bin", got, allowed, step))
        return source[0] // self.size, source[1] // self.size

    def apply(self, frames: Array) -> Array:
        """Sums, int64 or float64."""
        wide = np.float64 if frames.dtype.kind == "f" else np.int64
        rows, columns = self.shape((frames.shape[-2], frames.shape[-1]))
        total = np.zeros((*frames.shape[:-2], rows, columns), wide)
        for part in self._parts(frames):
            total += part
        return total

    def carry(self, values: Array, rule: Carry) -> Array:
        """Pedestals are summed, coordinates averaged; a bin is good if all its pixels are."""
        if rule == "all":
            return reduce(np.minimum, self._parts(values))
        total = self.apply(values)
        return total if rule == "sum" else total / self.size**2

    def _parts(self, frames: Array) -> list[Array]:
        """One pixel of each bin at a time: the order of the sum is the same for every number of frames."""
        steps = range(self.size)
        return [frames[..., row :: self.size, column :: self.size] for row in steps for column in steps]

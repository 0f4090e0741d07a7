"""crop: a part of the frame. Takes any units; gives the same."""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.data.preprocess.step import Array, Carry, Shape, Step
from speckleforge.errors import FormatError, Problem

UNITS = (("raw ADU", "ADU", "real photons", "photons"), "same")


@dataclass(frozen=True)
class Crop(Step):
    """Rows `top` to `top + rows`, columns `left` to `left + columns`; in the middle unless they are given.

    Attributes
    ----------
    rows, columns
        Size of the part, in pixels.
    top, left
        First row and column, counted from 0; None: `(size - part) // 2`.
    """

    rows: int
    columns: int
    top: int | None = None
    left: int | None = None

    def shape(self, source: Shape) -> Shape:
        """The part's size."""
        top, left = self._corner(source)
        if top < 0 or left < 0 or top + self.rows > source[0] or left + self.columns > source[1]:
            got = f"rows {top} to {top + self.rows}, columns {left} to {left + self.columns}"
            raise FormatError(
                Problem("the crop reaches beyond the frame", "preprocess.crop", got, f"within {source[0]}x{source[1]}")
            )
        return self.rows, self.columns

    def apply(self, frames: Array) -> Array:
        """A view of the frames."""
        top, left = self._corner((frames.shape[-2], frames.shape[-1]))
        return frames[..., top : top + self.rows, left : left + self.columns]

    def carry(self, values: Array, rule: Carry) -> Array:
        """The same part of the map."""
        return self.apply(values)

    def _corner(self, source: Shape) -> tuple[int, int]:
        top = (source[0] - self.rows) // 2 if self.top is None else self.top
        return top, (source[1] - self.columns) // 2 if self.left is None else self.left

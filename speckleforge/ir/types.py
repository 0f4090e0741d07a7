"""Types of tensors and parameters in a topology."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType


@dataclass(frozen=True)
class TensorType:
    """An integer tensor: [channels, rows, columns] or [features]. Written `u8[7,61,61]`."""

    type: IntType
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.shape) not in (1, 3) or any(size < 1 for size in self.shape):
            raise DesignError(
                Problem(
                    "impossible tensor shape",
                    got=str(list(self.shape)),
                    allowed="[channels, rows, columns] or [features], all >= 1",
                )
            )

    def __str__(self) -> str:
        return f"{self.type}[{','.join(map(str, self.shape))}]"

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def image(self) -> tuple[int, int, int]:
        """(channels, rows, columns); a vector of N features is one channel, one row, N columns."""
        if len(self.shape) == 3:
            return self.shape[0], self.shape[1], self.shape[2]
        return 1, 1, self.shape[0]


@dataclass(frozen=True)
class ParamSpec:
    """A learned parameter of an op: its name, shape (() for a scalar is written (1,)) and integer type.

    `limit` is the largest value allowed where that is less than the type's (a shift); -1: the type decides.
    """

    name: str
    shape: tuple[int, ...]
    type: IntType
    limit: int = -1

    @property
    def max(self) -> int:
        """Largest value allowed."""
        return self.type.max if self.limit < 0 else self.limit

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

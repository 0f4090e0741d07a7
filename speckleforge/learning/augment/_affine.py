"""What affine augmentations share: matrices and the one sampling. Takes matrices in pixels; gives words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Step = Callable[[torch.Tensor, np.random.Generator], torch.Tensor]
Matrices = NDArray[np.float64]


@dataclass(frozen=True)
class Affine:
    """A step that moves pixels.

    Attributes
    ----------
    matrices
        (random numbers, N) -> float64 [N, 3, 3]: from a place in the result to its place in the pattern, both
        (x to the right, y down, 1) in pixels from the centre of the image.
    """

    matrices: Callable[[np.random.Generator, int], Matrices]


def identities(count: int) -> Matrices:
    """`count` unit matrices."""
    return np.tile(np.eye(3), (count, 1, 1))


def resample(words: torch.Tensor, matrices: Matrices) -> torch.Tensor:
    """Each pixel of the result is the nearest pixel of the pattern; 0 where that lies outside.

    Nearest and not interpolated: a mean of neighbouring counts is no count, and has less noise than any pattern.
    """
    rows, columns = words.shape[1:]
    half = np.diag([columns / 2, rows / 2, 1.0])
    unit = torch.from_numpy((np.linalg.inv(half) @ matrices @ half)[:, :2].astype(np.float32))
    grid = functional.affine_grid(unit, [len(words), 1, rows, columns], align_corners=False)
    return functional.grid_sample(words[:, None], grid, mode="nearest", padding_mode="zeros", align_corners=False)[:, 0]

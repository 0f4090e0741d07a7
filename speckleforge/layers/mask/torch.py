"""mask for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class Mask(nn.Module):
    """Bad pixels to zero.

    Attributes
    ----------
    mask
        Buffer, float32 [rows, columns]: 1 good, 0 bad; a constant of the data, all good until it is set.
    """

    mask: torch.Tensor

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.register_buffer("mask", torch.ones(rows, columns))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, channels, rows, columns]."""
        return x * self.mask


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for an input [channels, rows, columns]."""
    return Mask(source[1], source[2])

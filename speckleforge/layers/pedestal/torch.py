"""pedestal for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class Pedestal(nn.Module):
    """`max(x - pedestal, 0)`.

    Attributes
    ----------
    pedestal
        Buffer, float32 [rows, columns], in the units of x; a constant of the data, zero until it is set.
    """

    pedestal: torch.Tensor

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.register_buffer("pedestal", torch.zeros(rows, columns))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, channels, rows, columns]."""
        return torch.clamp(x - self.pedestal, min=0.0)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for an input [channels, rows, columns]."""
    return Pedestal(source[1], source[2])

"""prelu for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

INITIAL_SLOPE = 0.25  # as PyTorch begins


class Prelu(nn.Module):
    """`max(x, 0) + slope * min(x, 0)`.

    Attributes
    ----------
    slope
        float32 [1], learned.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.full((1,), INITIAL_SLOPE))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape."""
        return nn.functional.prelu(x, self.slope)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module."""
    return Prelu()

"""avgpool2d for training: what the integers stand for, a sum times a power of two."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import torch
from torch import nn
from torch.nn import functional


class AvgPool2d(nn.Module):
    """Sum over each window times `2**-ceil(log2(elements))`, float [N, channels, rows, columns]."""

    def __init__(self, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        super().__init__()
        self.size, self.stride = size, stride
        self.divisor = 1 << (prod(size) - 1).bit_length()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What does not fill a window is left out."""
        return functional.avg_pool2d(x, self.size, self.stride, divisor_override=self.divisor)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields` (`size`, `stride`)."""
    return AvgPool2d(tuple(fields["size"]), tuple(fields["stride"]))

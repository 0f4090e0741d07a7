"""compand for training: the integers of the hardware, scaled to [0, 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class Compand(nn.Module):
    """`y = min(floor(gain * sqrt(x) + 1/2), 2**bits - 1) / 2**bits`: the hardware's integer with `bits` fraction bits.

    Exact in float32: level k begins at (2k - 1)^2 / (4 gain^2), an odd number over an even one, so no word lies on it,
    and the nearest word is farther from it than rounding reaches.
    """

    def __init__(self, gain: int, bits: int) -> None:
        super().__init__()
        self.gain, self.bits = gain, bits

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Words as float32, any shape."""
        levels = torch.floor(torch.sqrt(x) * self.gain + 0.5)
        return levels.clamp_(max=2**self.bits - 1).mul_(2.0**-self.bits)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields` (`rule`, `gain`, `bits`)."""
    return Compand(fields["gain"], fields["bits"])

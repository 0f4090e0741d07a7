"""depthwise2d for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from speckleforge.layers.geometry import pads_of


class Depthwise2d(nn.Module):
    """Depthwise convolution on floats [N, channels, rows, columns]; an odd row or column of `same` is the last one."""

    def __init__(self, fields: Mapping[str, Any], source: tuple[int, ...]) -> None:
        super().__init__()
        self.channels, kernel, self.stride = fields["channels"], tuple(fields["kernel"]), tuple(fields["stride"])
        pads = pads_of(fields["padding"], (source[1], source[2]), kernel, self.stride)
        self.pads = [pads.left, pads.right, pads.top, pads.bottom]  # functional.pad counts from the last axis
        layer = nn.Conv2d(self.channels, self.channels, kernel, groups=self.channels)
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, channels, rows, columns] -> [N, channels, rows, columns]."""
        padded = functional.pad(x, self.pads) if any(self.pads) else x
        return functional.conv2d(padded, self.weight, self.bias, stride=self.stride, groups=self.channels)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields` of a node fed by a tensor of shape `source` (without batch)."""
    return Depthwise2d(fields, source)

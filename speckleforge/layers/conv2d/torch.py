"""conv2d for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from speckleforge.layers.geometry import pads_of


class Conv2d(nn.Module):
    """Convolution on float32 [N, channels, rows, columns]; `same` pads an odd row or column at the bottom or right."""

    def __init__(self, fields: Mapping[str, Any], source: tuple[int, ...]) -> None:
        super().__init__()
        kernel, self.stride = tuple(fields["kernel"]), tuple(fields["stride"])
        pads = pads_of(fields["padding"], (source[1], source[2]), kernel, self.stride)
        self.pads = [pads.left, pads.right, pads.top, pads.bottom]  # functional.pad counts from the last axis
        layer = nn.Conv2d(source[0], fields["filters"], kernel)
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, channels, rows, columns] -> [N, filters, rows, columns]."""
        padded = functional.pad(x, self.pads) if any(self.pads) else x
        return functional.conv2d(padded, self.weight, self.bias, stride=self.stride)


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields` of a node fed by a tensor of shape `source` (without batch)."""
    return Conv2d(fields, source)

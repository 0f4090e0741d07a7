"""batchnorm for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from speckleforge.layers.batchnorm.fold import EPS


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return BatchNorm2d for an image, BatchNorm1d for a vector; parameters `weight` (gamma), `bias` (beta)."""
    kind = nn.BatchNorm2d if len(source) == 3 else nn.BatchNorm1d
    return kind(source[0], eps=EPS)

"""flatten for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module: [N, channels, rows, columns] -> [N, features], the last index fastest."""
    return nn.Flatten()

"""maxpool2d for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields`; ceil mode leaves out what lies outside the image."""
    return nn.MaxPool2d(tuple(fields["size"]), tuple(fields["stride"]), ceil_mode=fields["ceil"])

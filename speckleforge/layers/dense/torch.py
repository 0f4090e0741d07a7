"""dense for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn


def build(fields: Mapping[str, Any], source: tuple[int, ...]) -> nn.Module:
    """Return the module for the structure `fields` of a node fed by [features]."""
    return nn.Linear(source[0], fields["units"])

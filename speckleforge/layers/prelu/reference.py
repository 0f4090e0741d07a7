"""prelu on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints, requantise
from speckleforge.ir.types import TensorType
from speckleforge.layers.prelu.op import Prelu


def run(op: Prelu, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Integers of any shape -> the negative ones times the slope, requantised to their own type."""
    scaled = requantise(x * params["slope"], params["shift"], source.type)
    return np.where(x >= 0, x, scaled)

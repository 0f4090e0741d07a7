"""pedestal's parameters as integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.pedestal.op import Pedestal

Floats = NDArray[np.float64]


def quantise(
    op: Pedestal, source: TensorType, own: Mapping[str, Floats], frac_in: int, wanted: Floats
) -> tuple[dict[str, Ints], int]:
    """The pedestal in steps of a word, rounded half to even and saturated; the input's frac."""
    words = np.rint(np.ldexp(own["pedestal"], frac_in))
    return {"pedestal": np.clip(words, source.type.min, source.type.max).astype(np.int64)}, frac_in

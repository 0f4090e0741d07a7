"""mask's parameters as integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.mask.op import Mask

Floats = NDArray[np.float64]


def quantise(
    op: Mask, source: TensorType, own: Mapping[str, Floats], frac_in: int, wanted: Floats
) -> tuple[dict[str, Ints], int]:
    """The mask as it is; the input's frac."""
    return {"mask": (own["mask"] != 0).astype(np.int64)}, frac_in

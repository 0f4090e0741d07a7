"""head on integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints, exact_matmul
from speckleforge.ir.types import TensorType
from speckleforge.layers.head.op import Head

_LOWEST = np.iinfo(np.int64).min


def run(op: Head, source: TensorType, x: Ints, params: Mapping[str, Ints]) -> Ints:
    """Embeddings [N, L] -> int64 [N, slots + 4]: scores, class, slot, accept, keep."""
    scores = exact_matmul(x, params["prototype"].T, op.score(source).bits)
    valid = params["valid"].astype(bool)
    slot = np.where(valid, scores, _LOWEST).argmax(axis=1)
    best = np.take_along_axis(scores, slot[:, None], axis=1)[:, 0]
    energy = (x * x).sum(axis=1)
    threshold = int(params["threshold"].reshape(-1)[0])
    # |s| < 2**26, so s*s*2**8 < 2**60; threshold < 2**32 and energy < 2**30, so their product < 2**62.
    near = (best * best << op.veto_shift) >= threshold * energy
    accept = valid.any() & (best > 0) & near
    label = np.where(accept, params["class_id"][slot], -1)
    keep = params["keep"][label]  # class -1, unknown, is the last entry
    slot = np.where(valid.any(), slot, -1)
    record = np.stack([label, slot, accept, keep], axis=1)
    return np.concatenate([scores, record], axis=1).astype(np.int64)

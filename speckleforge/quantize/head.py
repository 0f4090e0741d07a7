"""Enrol the boot image's prototypes. Takes integer embeddings with labels; gives the head's parameters.

Beam time replaces them: enrolment is a load of this layer's parameters and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.fewshot import normalised
from speckleforge.errors import Problem, RangeError
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers.head.op import CLASSES, Head
from speckleforge.quantize.scales import largest_frac, quantised

VETO_QUANTILE = 0.01
"""Fraction of the enrolment patterns that the veto calls unknown: what is less alike than these is no known class."""
UNKNOWN = CLASSES


@dataclass(frozen=True)
class Enrolment:
    """The head's parameters and what they came from."""

    values: dict[str, Ints]
    record: dict[str, Any]


def _mean_directions(embeddings: Ints, labels: Ints, classes: int) -> NDArray[np.float64]:
    """Mean of the L2-normalised embeddings of each class, normalised again: [classes, L]."""
    unit = normalised(embeddings)
    return normalised(np.stack([unit[labels == label].mean(axis=0) for label in range(classes)]))


def _likeness(op: Head, embeddings: Ints, prototype: Ints) -> NDArray[np.float64]:
    """`s*s * 2**veto_shift / (z.z)` of the best prototype; 0 where the score is not positive."""
    best = np.maximum((embeddings @ prototype.T).max(axis=1), 0).astype(np.float64)
    energy = np.maximum((embeddings**2).sum(axis=1), 1)
    return np.asarray(best * best * 2.0**op.veto_shift / energy)


def _check_capacity(op: Head, classes: list[str], labels: Ints) -> None:
    limit = min(op.slots, CLASSES)
    if len(classes) > limit:
        raise RangeError(
            Problem("more classes than prototype slots", "model.head.prototypes", str(len(classes)), f"{limit} at most")
        )
    for label, name in enumerate(classes):
        if not (labels == label).any():
            raise RangeError(Problem("no pattern to enrol a prototype from", f"class '{name}'", "0", "1 or more"))


def enrol(op: Head, source: TensorType, embeddings: Ints, labels: Ints, classes: list[str]) -> Enrolment:
    """One prototype per class, a veto threshold and a keep mask.

    Kept are `single` and, because a decision to discard needs a reason, `unknown`; all classes where none is `single`.

    Parameters
    ----------
    embeddings
        int64 [N, L] of the enrolment patterns.
    labels
        int64 [N], index into `classes`.

    Raises
    ------
    RangeError
        If the head has too few slots or a class has no pattern.
    """
    _check_capacity(op, classes, labels)
    directions = _mean_directions(embeddings, labels, len(classes))
    frac = int(np.minimum(largest_frac(np.abs(directions).max(), op.prototypes), 30))
    prototype = np.zeros((op.slots, source.shape[0]), np.int64)
    prototype[: len(classes)] = quantised(directions, frac, op.prototypes)
    likeness = _likeness(op, embeddings, prototype[: len(classes)])
    threshold = min(int(np.quantile(likeness, VETO_QUANTILE)), 2**32 - 1)
    keep = np.zeros(CLASSES + 1, np.int64)
    kept = [classes.index("single")] if "single" in classes else list(range(len(classes)))
    keep[[*kept, UNKNOWN]] = 1
    slots = np.arange(op.slots)
    enrolled = slots < len(classes)
    values = {
        "prototype": prototype,
        "valid": enrolled.astype(np.int64),
        "class_id": np.where(enrolled, slots, 0),
        "threshold": np.array([threshold]),
        "keep": keep,
    }
    record = {
        "prototype_frac": frac,
        "threshold": threshold,
        "veto_quantile": VETO_QUANTILE,
        "enrolled_from": {name: int((labels == label).sum()) for label, name in enumerate(classes)},
        "keep": [classes[label] for label in kept] + ["unknown"],
    }
    return Enrolment(values, record)

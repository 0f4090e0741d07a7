"""The head's own decisions, with the prototypes and the veto of the weight image. Takes its records; gives counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.layers.head.op import RECORD
from speckleforge.verify.evaluation.trial import Record

UNKNOWN = -1


def confusion(labels: Ints, decided: Ints, classes: Sequence[str]) -> dict[str, dict[str, int]]:
    """True class -> decided class (or `unknown`) -> patterns."""
    names = {**dict(enumerate(classes)), UNKNOWN: "unknown"}
    return {
        truth: {name: int(((labels == index) & (decided == code)).sum()) for code, name in names.items()}
        for index, truth in enumerate(classes)
    }


def kept_frames(labels: Ints, keep: Ints, classes: Sequence[str]) -> Record:
    """What the head's veto does: the fraction of frames kept, in all and of each class."""
    kept = {
        name: round(float(keep[labels == index].mean()), 6)
        for index, name in enumerate(classes)
        if (labels == index).any()
    }
    return {"kept_of_all": round(float(keep.mean()), 6), "kept": kept}


def decisions(records: Ints, labels: Ints, classes: Sequence[str]) -> Record:
    """The head's decisions [N, slots + 4] with the prototypes of the weight image."""
    columns = dict(zip(RECORD, records[:, -len(RECORD) :].T, strict=True))
    decided = columns["class"]
    recall = [float((decided[labels == index] == index).mean()) for index in np.unique(labels)]
    return {
        "balanced_accuracy": round(float(np.mean(recall)), 6),
        "unknown": round(float((decided == UNKNOWN).mean()), 6),
        "confusion": confusion(labels, decided, classes),
        "veto": kept_frames(labels, columns["keep"], classes),
    }

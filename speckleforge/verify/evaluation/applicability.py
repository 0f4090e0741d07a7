"""Where the figures apply: saturation, photons and fluence of test data against training data. Gives ranges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.fewshot import Floats
from speckleforge.verify.evaluation.baseline import Labelled
from speckleforge.verify.evaluation.trial import Record

QUANTILES = (0.05, 0.5, 0.95)


def quantiles(values: Floats) -> Record | None:
    """`low` (5 %), `median`, `high` (95 %) of finite values; None where there is none."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    found = np.quantile(finite, QUANTILES)
    return {name: round(float(value), 6) for name, value in zip(("low", "median", "high"), found, strict=True)}


def by_class(part: Labelled, classes: tuple[str, ...]) -> Record:
    """Quantiles of the photons of each class."""
    total = part.intensity.total
    return {name: quantiles(total[part.labels == label]) for label, name in enumerate(classes)}


def outside(train: Labelled, test: Labelled, classes: tuple[str, ...]) -> Record:
    """Share of each class's test patterns outside of its training patterns' 5 to 95 % range of photons."""
    found: Record = {}
    for label, name in enumerate(classes):
        known, asked = (part.intensity.total[part.labels == label] for part in (train, test))
        if len(known) and len(asked):
            low, high = np.quantile(known, (QUANTILES[0], QUANTILES[-1]))
            found[name] = round(float(((asked < low) | (asked > high)).mean()), 6)
    return found


def applicability_record(
    data: Dataset, splits: Mapping[str, Labelled], saturated: Mapping[str, float], classes: tuple[str, ...]
) -> Record:
    """`saturated`, `photons`, `outside`, `fluence`."""
    chosen = {name: data.indices(name) for name in ("train", "test")}
    fluence = {name: quantiles(data.fluence[rows[data.hits[rows] != 0]]) for name, rows in chosen.items()}
    known = all(value is not None for value in fluence.values())
    return {
        "saturated": dict(saturated),
        "photons": {name: by_class(splits[name], classes) for name in chosen},
        "outside": outside(splits["train"], splits["test"], classes),
        "fluence": fluence if known else {"reason": "the source does not know the fluence of its pulses"},
    }

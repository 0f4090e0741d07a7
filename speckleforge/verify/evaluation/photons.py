"""Accuracy over photons. Takes patterns; gives strata of their own counts, and points with photons taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.episodes import Indices
from speckleforge.artifacts.fewshot import Floats, decided, likeness
from speckleforge.fixed.arithmetic import Ints
from speckleforge.verify.evaluation.patterns import Words
from speckleforge.verify.evaluation.sweeps import Sweep, accuracies, used
from speckleforge.verify.evaluation.trial import SEED, Progress, Record, Trial

FRACTIONS = (1.0, 1 / 2, 1 / 4, 1 / 8, 1 / 16)
PASSES = len(FRACTIONS)
STREAM = 1
PHOTONS = "photons"


def thin(words: NDArray[Any], fraction: float, rng: np.random.Generator) -> NDArray[Any]:
    """Every photon kept with the probability `fraction`: Poisson counts stay Poisson counts."""
    kept = words.copy()
    there = kept > 0
    kept[there] = rng.binomial(kept[there], fraction)
    return kept


class Thinner:
    """Takes photons away, and counts those that stay.

    Parameters
    ----------
    index
        Position in `FRACTIONS`; each has its own random stream, in the order of the patterns.
    """

    def __init__(self, index: int) -> None:
        self.fraction = FRACTIONS[index]
        self._rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(STREAM, index)))
        self._photons: list[NDArray[np.int64]] = []

    def __call__(self, words: Words) -> Words:
        """The words with the photons that stay."""
        kept = words if self.fraction == 1.0 else thin(words, self.fraction, self._rng)
        self._photons.append(kept.sum(axis=(1, 2), dtype=np.int64))
        return kept

    @property
    def photons(self) -> NDArray[np.int64]:
        """Photons that stayed, of each pattern so far."""
        return np.concatenate(self._photons)


def thinning(sweep: Sweep, progress: Progress) -> Iterator[Record]:
    """Accuracy and mean photons of a pattern at every fraction of the photons."""
    trial = sweep.trial
    for index, fraction in enumerate(FRACTIONS):
        thinner = Thinner(index)
        found = sweep.changed(thinner, progress, f"{fraction:g} of the photons")
        means = {
            name: round(float(thinner.photons[trial.labels == label].mean()), 3)
            for label, name in enumerate(trial.classes)
        }
        mean = round(float(thinner.photons.mean()), 3)
        yield {"fraction": fraction, "mean_photons": mean, "mean_photons_of": means, **accuracies(sweep, found)}


def strata(trial: Trial, embeddings: Ints, photons: Floats, count: int = 5) -> list[Record]:
    """Queries of classes with a particle, in equally filled ranges of their own photons.

    Parameters
    ----------
    photons
        float64 [N]: of the trial's patterns.
    """
    queries = trial.queries(trial.headline)
    scores = likeness(embeddings, trial.drawn(trial.headline), trial.prototype_bits)
    owned, own = trial.particles[queries.row] >= 0, photons[queries.row]
    edges = np.quantile(photons[trial.particles >= 0], np.linspace(0, 1, count + 1))
    layer = np.clip(np.searchsorted(edges, own, "right") - 1, 0, count - 1)
    found = []
    for index in range(count):
        chosen = owned & (layer == index)
        if chosen.any():
            found.append(_stratum(trial, scores[chosen], queries.truth[chosen], own[chosen], edges[index : index + 2]))
    return found


def _stratum(trial: Trial, scores: Floats, truth: Indices, photons: Floats, edges: Floats) -> Record:
    """Recall by class, and single against multi, of the queries of one range."""
    predicted, pair = decided(scores), trial.pair
    shares: dict[str, Record] = {}
    for label in np.unique(truth):
        mine = truth == label
        share = float((predicted[mine] == label).mean())
        shares[trial.classes[label]] = {"share": round(share, 6), "queries": int(mine.sum())}
    balanced = None
    if pair is not None and all((truth == label).any() for label in pair):
        between = decided(scores, pair)
        balanced = round(float(np.mean([(between[truth == label] == label).mean() for label in pair])), 6)
    return {
        "photons": [round(float(edge), 3) for edge in edges],
        "mean_photons": round(float(photons.mean()), 3),
        "recall": shares,
        "single_vs_multi": balanced,
    }


def over_photons(sweep: Sweep, trial: Trial, embeddings: Ints, photons: Floats, progress: Progress) -> Record:
    """`strata` of all test patterns by their own `photons` [N], and `thinning`; a reason where words are no photons."""
    reason = no_photons(sweep.data)
    if reason:
        return {"reason": reason}
    return {
        **used(sweep),
        "strata": strata(trial, embeddings, photons),
        "thinning": list(thinning(sweep, progress)),
    }


def no_photons(data: Dataset) -> str:
    """Why the words on the link do not count photons; empty if they do."""
    units = str(data.attributes.get("units", PHOTONS))
    if units != PHOTONS:
        return f"the words on the link are in {units}, not photons"
    return "the words on the link carry a pedestal" if "pedestal" in data.calibration else ""

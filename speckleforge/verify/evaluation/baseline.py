"""What intensity alone can do, in the network's own episodes. Takes photons per ring; gives accuracies and margins.

Two baselines: prototypes of whitened features, enrolled as the network's are; and a linear discriminant fitted on every
labelled pattern of the training split, which is stronger and is told as well. How many rings, and whether prototypes
compare by angle or by distance, is chosen on the validation particles: a baseline that was not tuned is no baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.episodes import Episode, Indices
from speckleforge.artifacts.fewshot import (
    Floats,
    accuracy_of,
    closeness,
    decided,
    likeness,
    particle_accuracy,
    summary,
)
from speckleforge.verify.evaluation.intensity import Intensity
from speckleforge.verify.evaluation.shots import judged, pair_of
from speckleforge.verify.evaluation.trial import SEED, Record, Trial, trial_of

RINGS = (4, 8, 12, 16, 24)
RULES: Mapping[str, Callable[[ArrayLike, Sequence[Episode]], Floats]] = {"distance": closeness, "angle": likeness}
DEFAULT = (8, "distance")  # where there are too few validation patterns to choose
FLOOR = 1e-6
"""Directions with less than this share of the largest variance are left out: constants cannot be whitened."""


@dataclass(frozen=True)
class Labelled:
    """A split: intensity, labels and particles of its patterns."""

    intensity: Intensity
    labels: Indices
    particles: Indices


def labelled(data: Dataset, intensity: Intensity, rows: Indices) -> Labelled:
    """The split whose patterns are at `rows`."""
    return Labelled(intensity, data.label[rows], data.particle[rows])


class Whitening:
    """Mean and covariance of the training split taken out: features [n, F] to uncorrelated ones of unit variance."""

    def __init__(self, training: Floats) -> None:
        self._mean = training.mean(axis=0)
        variance, axes = np.linalg.eigh(np.atleast_2d(np.cov(training.T)))
        used = variance > FLOOR * max(float(variance.max()), 1e-300)
        self._axes = axes[:, used] / np.sqrt(variance[used])

    def __call__(self, features: Floats) -> Floats:
        """Whitened features [n, F']."""
        return np.asarray((features - self._mean) @ self._axes)


class Discriminant:
    """Linear discriminant with one covariance for all classes, which count alike.

    Parameters
    ----------
    features, labels
        Training features [n, F] (whitened) and their classes [n]; a class without a pattern is never decided for.
    """

    def __init__(self, features: Floats, labels: Indices, classes: int) -> None:
        there = [bool((labels == c).any()) for c in range(classes)]
        means = np.stack([features[labels == c].mean(axis=0) if there[c] else features[0] * 0 for c in range(classes)])
        rest = features - means[labels]
        within = rest.T @ rest / len(rest) + FLOOR * np.eye(features.shape[1])
        self._axes = np.linalg.solve(within, means.T)
        self._offset = np.where(there, -0.5 * (means.T * self._axes).sum(axis=0), -np.inf)

    def __call__(self, features: Floats) -> Floats:
        """Scores [n, classes]."""
        return np.asarray(features @ self._axes + self._offset)


def prototype_features(train: Labelled, asked: Labelled, rings: int) -> Floats:
    """Whitened features [n, F] of `asked`: the baseline's embeddings."""
    return Whitening(train.intensity.features(rings))(asked.intensity.features(rings))


def linear_scores(train: Labelled, asked: Labelled, rings: int, classes: int) -> Floats:
    """Scores [n, classes] of `asked` by the discriminant of the whole training split."""
    features = train.intensity.features(rings)
    whiten = Whitening(features)
    return Discriminant(whiten(features), train.labels, classes)(whiten(asked.intensity.features(rings)))


def _chosen(train: Labelled, known: Labelled, trial: Trial) -> tuple[tuple[int, str], int, int | None]:
    """Rings and rule of the prototypes, rings of the discriminant, by accuracy on the validation particles.

    Tuned at the headline's shots, or at the most that the validation particles allow; the last value says how many,
    None where they allow none and nothing was tuned.
    """
    classes, asked = len(trial.classes), range(1, trial.headline + 1)
    tuning = trial_of(known.labels, known.particles, trial.classes, tuple(asked), trial.prototype_bits)
    if not tuning.shots:
        return DEFAULT, DEFAULT[0], None
    shots = max(tuning.shots)
    drawn, queries = tuning.drawn(shots), tuning.queries(shots)

    def few(candidate: tuple[int, str]) -> float:
        scores = RULES[candidate[1]](prototype_features(train, known, candidate[0]), drawn)
        return float(accuracy_of(scores, queries, SEED)["mean"])

    def linear(rings: int) -> float:
        scores = linear_scores(train, known, rings, classes)[queries.row]
        return float(accuracy_of(scores, queries, SEED)["mean"])

    return max(product(RINGS, RULES), key=few), max(RINGS, key=linear), shots


@dataclass(frozen=True)
class Baseline:
    """Both baselines on the test patterns.

    Attributes
    ----------
    features
        float64 [N, F]: whitened features, which take the place of embeddings.
    scores
        float64 [N, classes]: of the linear discriminant.
    rule
        How prototypes compare: a key of `RULES`.
    choice
        What was chosen, for the record.
    trained_on
        Training patterns of the discriminant.
    """

    features: Floats
    scores: Floats
    rule: str
    choice: Record
    trained_on: int

    def few(self, drawn: Sequence[Episode]) -> Floats:
        """Scores [Q, classes] by prototypes of the episodes."""
        return RULES[self.rule](self.features, drawn)


def fit_baseline(splits: Mapping[str, Labelled], trial: Trial) -> Baseline | None:
    """The baselines for the test split of `splits` (`train`, `validate`, `test`); None without training patterns."""
    train, test = splits["train"], splits["test"]
    if not len(train.labels):
        return None
    (few, rule), linear, shots = _chosen(train, splits["validate"], trial)
    rings = {"few_shot": few, "linear": linear, "tried": list(RINGS)}
    choice = {"rings": rings, "rule": rule, "chosen_on": "validate" if shots else None, "shots": shots}
    scores = linear_scores(train, test, linear, len(trial.classes))
    return Baseline(prototype_features(train, test, few), scores, rule, choice, len(train.labels))


def margin(network: Floats, baseline: Floats, trial: Trial, shots: int) -> Record:
    """Accuracy of the network minus that of the baseline, particle by particle: `mean`, `ci95`."""
    queries = trial.queries(shots)
    sides = [particle_accuracy(decided(scores) == queries.truth, queries) for scores in (network, baseline)]
    found = summary(sides[0] - sides[1], SEED)
    return {key: found[key] for key in ("mean", "ci95")}


def baseline_record(found: Baseline | None, embeddings: ArrayLike, trial: Trial, q_units: str) -> Record:
    """Both baselines in the network's episodes, and how much better the network's integers [N, L] are."""
    if found is None:
        return {"reason": "the data set has no training patterns"}
    few, margins = {}, {}
    for k in trial.shots:
        rows, drawn, name = trial.queries(k).row, trial.drawn(k), f"k{k}"
        network, own = likeness(embeddings, drawn, trial.prototype_bits), found.few(drawn)
        few[name] = {**judged(own, trial, k), "single_vs_multi": pair_of(own, trial, k)}
        margins[name] = {
            **margin(network, own, trial, k),
            "linear": margin(network, found.scores[rows], trial, k),
        }
    scores = found.scores[trial.queries(trial.headline).row]
    pair = pair_of(scores, trial, trial.headline)
    return {
        "features": {"what": ["log total", "log mean of each ring"], "q": q_units, "whitened_on": "train"},
        "choice": found.choice,
        "few_shot": few,
        "linear": {**judged(scores, trial, trial.headline), "single_vs_multi": pair, "trained_on": found.trained_on},
        "margins": margins,
        "margin": {**margins[f"k{trial.headline}"], "shots": trial.headline},
    }

"""Few-shot accuracy. Takes embeddings with labels and particles; gives accuracies with their uncertainty.

Pure functions on numpy arrays, shared by training (floats) and the evaluation of the hardware's integers; the episodes
are those of `artifacts.episodes`. `docs/evaluation.md` defines every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.artifacts.episodes import REPEATS, Asked, Episode, Indices, asked, episodes, possible_shots

__all__ = ["accuracy_record", "episodes", "few_shot", "possible_shots"]

Floats = NDArray[np.float64]

BOOTSTRAP = 2000
WORST = 0.1
"""Share of the particles that `worst_decile` is the mean over; at least one."""
HEADLINE = 5
"""Shots of the figure that stands for all, where they were evaluated."""


def normalised(vectors: ArrayLike) -> Floats:
    """L2-normalise the last axis; a zero vector stays zero."""
    values = np.asarray(vectors, np.float64)
    norm = np.sqrt((values * values).sum(axis=-1, keepdims=True))
    return np.asarray(values / np.where(norm > 0, norm, 1.0))


def prototypes(unit: Floats, support: Indices, bits: int | None = None) -> Floats:
    """Mean of the normalised support embeddings, normalised again: float64 [classes, L].

    Parameters
    ----------
    unit
        Normalised embeddings [N, L].
    support
        int64 [classes, shots].
    bits
        Round as enrolment does, to signed integers of so many bits with one frac for all; not at all by default.
    """
    mean = normalised(unit[support].mean(axis=1))
    if bits is None or not mean.any():
        return mean
    scale = 2.0 ** _prototype_frac(float(np.abs(mean).max()), bits)
    largest = 2 ** (bits - 1) - 1
    return np.asarray(np.clip(np.rint(mean * scale), -largest - 1, largest) / scale)


def _prototype_frac(magnitude: float, bits: int) -> float:
    """Most fraction bits at which `magnitude` rounds into signed integers of `bits`: what enrolment takes."""
    return float(np.floor(np.log2(2 ** (bits - 1) - 1 + 0.499) - np.log2(magnitude)))


def likeness(embeddings: ArrayLike, drawn: Sequence[Episode], bits: int | None = None) -> Floats:
    """Cosine of each query with the prototype of each class: [Q, classes]; the hardware's rule (`bits`: prototypes).

    Rounded prototypes are whole numbers times a power of two, so products with integer embeddings are exact and two
    classes that tie in the hardware tie here; the length of the query divides both alike.
    """
    values, unit = np.asarray(embeddings, np.float64), normalised(embeddings)
    length = np.sqrt((values * values).sum(axis=1, keepdims=True))
    length = np.where(length > 0, length, 1.0)
    scores = (values[e.query] @ prototypes(unit, e.support, bits).T / length[e.query] for e in drawn)
    return np.concatenate(list(scores))


def nearest_likeness(embeddings: ArrayLike, drawn: Sequence[Episode]) -> Floats:
    """Cosine of each query with the nearest support pattern of each class: [Q, classes]."""
    unit = normalised(embeddings)
    found = [(unit[e.query] @ unit[e.support.ravel()].T).reshape(-1, *e.support.shape).max(axis=2) for e in drawn]
    return np.concatenate(found)


def closeness(features: ArrayLike, drawn: Sequence[Episode]) -> Floats:
    """Minus the squared distance of each query to the mean support of each class, but for |query|**2: [Q, classes]."""
    values = np.asarray(features, np.float64)
    means = [(e, values[e.support].mean(axis=1)) for e in drawn]
    return np.concatenate([2 * values[e.query] @ m.T - (m * m).sum(axis=1) for e, m in means])


def decided(scores: Floats, among: Sequence[int] | None = None) -> Indices:
    """Class with the largest score [Q], ties to the lowest; only `among` these classes if given."""
    chosen = np.arange(scores.shape[1]) if among is None else np.asarray(among, np.int64)
    return np.asarray(chosen[scores[:, chosen].argmax(axis=1)], np.int64)


def balanced_accuracy(predicted: Indices, truth: Indices) -> float:
    """Mean over the classes in `truth` of the fraction predicted right."""
    return float(np.mean([(predicted[truth == label] == label).mean() for label in np.unique(truth)]))


def particle_accuracy(right: NDArray[np.bool_], queries: Asked) -> Floats:
    """Balanced accuracy of every particle, ascending: the mean over its episodes [particles].

    Parameters
    ----------
    right
        [Q]: was the query decided right?
    queries
        The queries; the balance is over the classes that each episode asks about.
    """
    count, classes = len(queries.particle), int(queries.truth.max()) + 1
    cell = queries.episode * classes + queries.truth
    hits = np.bincount(cell, weights=right, minlength=count * classes).reshape(count, classes)
    sizes = np.bincount(cell, minlength=count * classes).reshape(count, classes)
    there = sizes > 0
    balanced = (hits / np.maximum(sizes, 1)).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    answered = there.any(axis=1)
    _, owner = np.unique(queries.particle[answered], return_inverse=True)
    return np.asarray(np.bincount(owner, weights=balanced[answered]) / np.bincount(owner))


def bootstrap_ci95(values: ArrayLike, seed: int) -> tuple[float, float]:
    """Percentile bootstrap: 2.5 % and 97.5 % quantiles of the mean of resampled `values` [particles]."""
    sample = np.asarray(values, np.float64)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(len(sample),)))
    means = sample[rng.integers(0, len(sample), size=(BOOTSTRAP, len(sample)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def summary(per_particle: Floats, seed: int) -> dict[str, Any]:
    """`mean`, `ci95` (bootstrap over particles) and `worst_decile` of the particles' accuracies."""
    worst = np.sort(per_particle)[: max(int(np.ceil(WORST * len(per_particle))), 1)]
    return {
        "mean": round(float(per_particle.mean()), 6),
        "ci95": [round(bound, 6) for bound in bootstrap_ci95(per_particle, seed)],
        "worst_decile": round(float(worst.mean()), 6),
    }


def accuracy_of(scores: Floats, queries: Asked, seed: int, among: Sequence[int] | None = None) -> dict[str, Any]:
    """Summary of the decisions of `scores` [Q, classes]; `among`: queries of, and decisions between, just these."""
    if among is not None:
        chosen = np.isin(queries.truth, among)
        scores, queries = scores[chosen], queries.of(chosen)
    return summary(particle_accuracy(decided(scores, among) == queries.truth, queries), seed)


def few_shot(
    embeddings: ArrayLike,
    labels: ArrayLike,
    particles: ArrayLike,
    shots: int,
    seed: int,
    *,
    classes: int,
    among: Sequence[int] | None = None,
    repeats: int = REPEATS,
) -> dict[str, Any]:
    """Few-shot accuracy over the particles present.

    Parameters
    ----------
    embeddings
        [N, L]; floats or the hardware's integers (a common scale changes nothing).
    labels, particles
        [N]; particle -1 marks the common pool.
    shots
        Support patterns per class.
    classes
        Number of classes; labels are 0 to classes - 1.
    among
        Decide only between these classes; all by default.

    Returns
    -------
    dict
        `mean`, `ci95` (bootstrap over particles), `worst_decile`, `particles`, `episodes`.
    """
    drawn = episodes(labels, particles, shots, seed, classes=classes, repeats=repeats)
    found = accuracy_of(likeness(embeddings, drawn), asked(drawn), seed, among)
    return {**found, "particles": len(drawn) // repeats, "episodes": len(drawn)}


def headline(shots: Sequence[int]) -> int:
    """The number of shots that stands for all: `HEADLINE`, or else the largest below it, or else the smallest."""
    return max((k for k in shots if k <= HEADLINE), default=min(shots))


def accuracy_record(
    embeddings: ArrayLike,
    labels: ArrayLike,
    particles: ArrayLike,
    names: Sequence[str],
    *,
    shots: Sequence[int],
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Accuracy for every number of shots, and single against multi by itself where both classes exist.

    Returns
    -------
    by_shots
        `{"k5": {"mean": ..., "ci95": [...], ...}, ...}`.
    single_vs_multi
        `{"balanced": ..., "ci95": [...], "shots": k}` at the headline of `shots`, or None.
    """
    by_shots = {
        f"k{k}": few_shot(embeddings, labels, particles, k, seed, classes=len(names)) for k in sorted(set(shots))
    }
    if not {"single", "multi"} <= set(names):
        return by_shots, None
    middle = headline(shots)
    pair = [list(names).index(name) for name in ("single", "multi")]
    found = few_shot(embeddings, labels, particles, middle, seed, classes=len(names), among=pair)
    return by_shots, {"balanced": found["mean"], "ci95": found["ci95"], "shots": middle}

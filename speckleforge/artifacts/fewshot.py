"""Few-shot accuracy. Takes embeddings with labels and particles; gives accuracies with their uncertainty.

Pure functions on numpy arrays, shared by training (floats) and the evaluation of the hardware's integers. An episode is
what a beam time is: `shots` labelled patterns per class of ONE particle enrol the prototypes, further patterns of the
same particle are the queries. Classes without a particle (background, droplets) come from a common pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.errors import FormatError, Problem

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

REPEATS = 20
"""Episodes per particle: the choice of the support then adds less scatter than the choice of the particles."""
BOOTSTRAP = 2000
QUERIES = 10
"""Most queries per class and episode, so that every `shots` is judged on as many patterns where there are enough."""


@dataclass(frozen=True)
class Episode:
    """Positions in the arrays of one evaluation.

    Attributes
    ----------
    particle
        The particle.
    support
        int64 [classes, shots].
    query, query_label
        int64 [Q]; no query is in the support.
    """

    particle: int
    support: Indices
    query: Indices
    query_label: Indices


def _candidates(labels: Indices, particles: Indices, label: int, particle: int) -> Indices:
    """Patterns of a class for an episode of `particle`: its own, or the pool where the class has no particle."""
    mine = labels == label
    own = mine & (particles == particle)
    return np.flatnonzero(own if own.any() else mine & (particles < 0))


def _episode(
    rng: np.random.Generator, labels: Indices, particles: Indices, particle: int, shape: tuple[int, int]
) -> Episode:
    classes, shots = shape
    support, query, query_label = [], [], []
    for label in range(classes):
        candidates = _candidates(labels, particles, label, particle)
        if len(candidates) <= shots:
            raise FormatError(
                Problem(
                    f"too few patterns for {shots} shots and a query",
                    where=f"class {label}, particle {particle}",
                    got=f"{len(candidates)} patterns",
                    allowed=f"{shots + 1} or more",
                    next_step="raise data.patterns or ask for fewer shots",
                )
            )
        order = rng.permutation(candidates)[: shots + QUERIES]
        support.append(order[:shots])
        query.append(order[shots:])
        query_label.append(np.full(len(order) - shots, label))
    return Episode(particle, np.stack(support), np.concatenate(query), np.concatenate(query_label).astype(np.int64))


def possible_shots(labels: ArrayLike, particles: ArrayLike, shots: Sequence[int], *, classes: int) -> tuple[int, ...]:
    """Numbers of `shots` that leave a query in every class of every particle, ascending; may be empty."""
    label, owner = np.asarray(labels, np.int64), np.asarray(particles, np.int64)
    fewest = min(
        (len(_candidates(label, owner, c, int(p))) for p in np.unique(owner[owner >= 0]) for c in range(classes)),
        default=0,
    )
    return tuple(k for k in sorted(set(shots)) if k < fewest)


def episodes(
    labels: ArrayLike, particles: ArrayLike, shots: int, seed: int, *, classes: int, repeats: int = REPEATS
) -> list[Episode]:
    """Draw `repeats` episodes for every particle (>= 0), in order of particle; each from its own random stream.

    Raises
    ------
    FormatError
        If a class of a particle has no pattern left for a query.
    """
    label, owner = np.asarray(labels, np.int64), np.asarray(particles, np.int64)
    drawn = []
    for particle in np.unique(owner[owner >= 0]):
        for repeat in range(repeats):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(particle), shots, repeat)))
            drawn.append(_episode(rng, label, owner, int(particle), (classes, shots)))
    return drawn


def normalised(vectors: ArrayLike) -> Floats:
    """L2-normalise the last axis; a zero vector stays zero."""
    values = np.asarray(vectors, np.float64)
    norm = np.sqrt((values * values).sum(axis=-1, keepdims=True))
    return np.asarray(values / np.where(norm > 0, norm, 1.0))


def prototypes(embeddings: ArrayLike, support: Indices) -> Floats:
    """Mean of the L2-normalised support embeddings, normalised again: float64 [classes, L]."""
    return normalised(normalised(np.asarray(embeddings)[support]).mean(axis=1))


def balanced_accuracy(predicted: Indices, truth: Indices) -> float:
    """Mean over the classes in `truth` of the fraction predicted right."""
    return float(np.mean([(predicted[truth == label] == label).mean() for label in np.unique(truth)]))


def episode_accuracy(embeddings: Floats, episode: Episode, among: Sequence[int]) -> float:
    """Balanced accuracy of one episode, for queries of the classes `among` and decisions between just these."""
    chosen = np.asarray(among, np.int64)
    asked = np.isin(episode.query_label, chosen)
    scores = normalised(embeddings[episode.query[asked]]) @ prototypes(embeddings, episode.support[chosen]).T
    return balanced_accuracy(chosen[scores.argmax(axis=1)], episode.query_label[asked])


def bootstrap_ci95(values: ArrayLike, seed: int) -> tuple[float, float]:
    """Percentile bootstrap: 2.5 % and 97.5 % quantiles of the mean of resampled `values` [particles]."""
    sample = np.asarray(values, np.float64)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(len(sample),)))
    means = sample[rng.integers(0, len(sample), size=(BOOTSTRAP, len(sample)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


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
        `mean`, `ci95` (bootstrap over particles), `particles`, `episodes`.
    """
    values = np.asarray(embeddings, np.float64)
    chosen = list(range(classes)) if among is None else list(among)
    drawn = episodes(labels, particles, shots, seed, classes=classes, repeats=repeats)
    scores = np.array([episode_accuracy(values, episode, chosen) for episode in drawn])
    per_particle = scores.reshape(-1, repeats).mean(axis=1)
    low, high = bootstrap_ci95(per_particle, seed)
    return {
        "mean": round(float(per_particle.mean()), 6),
        "ci95": [round(low, 6), round(high, 6)],
        "particles": len(per_particle),
        "episodes": len(drawn),
    }


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
        `{"balanced": ..., "ci95": [...], "shots": k}` at the middle of `shots`, or None.
    """
    by_shots = {
        f"k{k}": few_shot(embeddings, labels, particles, k, seed, classes=len(names)) for k in sorted(set(shots))
    }
    if not {"single", "multi"} <= set(names):
        return by_shots, None
    middle = sorted(set(shots))[len(set(shots)) // 2]
    pair = [list(names).index(name) for name in ("single", "multi")]
    found = few_shot(embeddings, labels, particles, middle, seed, classes=len(names), among=pair)
    return by_shots, {"balanced": found["mean"], "ci95": found["ci95"], "shots": middle}

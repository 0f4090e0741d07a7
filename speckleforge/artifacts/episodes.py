"""Few-shot episodes. Takes labels and particles; gives who enrols and who is asked. Knows no embeddings.

An episode is what a beam time is: `shots` labelled patterns per class of ONE particle enrol the prototypes, further
patterns of the same particle are the queries. Classes without a particle (background, droplets) come from a common
pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from speckleforge.errors import FormatError, Problem

Indices = NDArray[np.int64]

REPEATS = 20
"""Episodes per particle: the choice of the support then adds less scatter than the choice of the particles."""
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


@dataclass(frozen=True)
class Asked:
    """The queries of many episodes in one row, so that figures are sums over columns.

    Attributes
    ----------
    row
        int64 [Q]: position of the query in the arrays of the evaluation.
    truth
        int64 [Q]: its class.
    episode
        int64 [Q]: index of its episode.
    particle
        int64 [E]: particle of each episode.
    """

    row: Indices
    truth: Indices
    episode: Indices
    particle: Indices

    def of(self, chosen: NDArray[np.bool_]) -> Asked:
        """The queries where `chosen` [Q] is true; episodes keep their numbers."""
        return Asked(self.row[chosen], self.truth[chosen], self.episode[chosen], self.particle)


def asked(drawn: Sequence[Episode]) -> Asked:
    """All queries of the episodes, in order."""
    sizes = [len(episode.query) for episode in drawn]
    return Asked(
        np.concatenate([episode.query for episode in drawn]),
        np.concatenate([episode.query_label for episode in drawn]),
        np.repeat(np.arange(len(drawn)), sizes).astype(np.int64),
        np.array([episode.particle for episode in drawn], np.int64),
    )


def _candidates(labels: Indices, particles: Indices, label: int, particle: int) -> Indices:
    """Patterns of a class for an episode of `particle`: its own, or the pool where the class has no particle."""
    mine = labels == label
    own = mine & (particles == particle)
    return np.flatnonzero(own if own.any() else mine & (particles < 0))


def _episode(rng: np.random.Generator, candidates: Sequence[Indices], particle: int, shots: int) -> Episode:
    support, query, query_label = [], [], []
    for label, mine in enumerate(candidates):
        if len(mine) <= shots:
            raise FormatError(
                Problem(
                    f"too few patterns for {shots} shots and a query",
                    where=f"class {label}, particle {particle}",
                    got=f"{len(mine)} patterns",
                    allowed=f"{shots + 1} or more",
                    next_step="raise data.patterns or ask for fewer shots",
                )
            )
        order = rng.permutation(mine)[: shots + QUERIES]
        support.append(order[:shots])
        query.append(order[shots:])
        query_label.append(np.full(len(order) - shots, label))
    return Episode(particle, np.stack(support), np.concatenate(query), np.concatenate(query_label).astype(np.int64))


def fewest_patterns(labels: ArrayLike, particles: ArrayLike, *, classes: int) -> int:
    """Patterns of the class and particle that has the fewest; 0 where there is no particle."""
    label, owner = np.asarray(labels, np.int64), np.asarray(particles, np.int64)
    counts = (len(_candidates(label, owner, c, int(p))) for p in np.unique(owner[owner >= 0]) for c in range(classes))
    return min(counts, default=0)


def possible_shots(labels: ArrayLike, particles: ArrayLike, shots: Sequence[int], *, classes: int) -> tuple[int, ...]:
    """Numbers of `shots` that leave a query in every class of every particle, ascending; may be empty."""
    fewest = fewest_patterns(labels, particles, classes=classes)
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
        candidates = [_candidates(label, owner, c, int(particle)) for c in range(classes)]
        for repeat in range(repeats):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(particle), shots, repeat)))
            drawn.append(_episode(rng, candidates, int(particle), shots))
    return drawn

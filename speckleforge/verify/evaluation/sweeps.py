"""Accuracy where the experiment gets harder. Takes a change of the words; gives the accuracy with it.

Support and query change alike, as at a beam time, and every change runs through the emulator again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.episodes import QUERIES, Indices
from speckleforge.artifacts.fewshot import Floats, decided, likeness, particle_accuracy, summary
from speckleforge.fixed.arithmetic import Ints
from speckleforge.verify.evaluation.patterns import Words, chunks, embed
from speckleforge.verify.evaluation.shots import recall
from speckleforge.verify.evaluation.trial import SEED, Progress, Record, Trial
from speckleforge.verify.library import Library

BUDGET_MACS = 2e11
"""Multiply-accumulates that all sweeps together may take: about a minute; larger networks are asked about fewer
particles."""
LEAST = 5
"""Fewer particles than this say too little, however long it takes."""


@dataclass(frozen=True)
class Sweep:
    """The patterns that the sweeps use.

    Attributes
    ----------
    emulator, data
        What runs and on what.
    rows
        int64 [n]: their positions in the data set.
    trial
        Their episodes.
    embeddings
        int64 [n, L] of the unchanged words.
    """

    emulator: Library
    data: Dataset
    rows: Indices
    trial: Trial
    embeddings: Ints

    def changed(self, change: Callable[[Words], Words], progress: Progress, what: str) -> Ints:
        """Embeddings of the changed words."""
        return embed(self.emulator, map(change, chunks(self.data, self.rows, progress, what)))

    def particles(self, embeddings: Ints, among: Sequence[int] | None = None) -> Floats:
        """Accuracy of every particle at the headline's shots."""
        trial = self.trial
        queries, scores = (
            trial.queries(trial.headline),
            likeness(embeddings, trial.drawn(trial.headline), trial.prototype_bits),
        )
        if among is not None:
            chosen = np.isin(queries.truth, among)
            queries, scores = queries.of(chosen), scores[chosen]
        return particle_accuracy(decided(scores, among) == queries.truth, queries)


def affordable(trial: Trial, macs: int, passes: int) -> Indices:
    """Positions of the patterns of as many particles as the budget allows, at least `LEAST`; and a share of the pool.

    Parameters
    ----------
    macs
        Multiply-accumulates of one pattern.
    passes
        How often every pattern runs.
    """
    owners = np.unique(trial.particles[trial.particles >= 0])
    share = min(BUDGET_MACS / max(passes * macs * len(trial.labels), 1), 1.0)
    count = min(max(int(share * len(owners)), LEAST), len(owners))
    chosen = np.isin(trial.particles, owners[:count])
    for label in range(len(trial.classes)):
        pool = np.flatnonzero((trial.labels == label) & (trial.particles < 0))
        least = max(int(np.ceil(len(pool) * count / len(owners))), trial.headline + QUERIES)
        chosen[pool[:least]] = True
    return np.flatnonzero(chosen).astype(np.int64)


def sweep_of(emulator: Library, data: Dataset, rows: Indices, trial: Trial, embeddings: Ints, *, passes: int) -> Sweep:
    """The sweep over those of the test patterns `rows` that the budget allows."""
    chosen = affordable(trial, emulator.topology.macs, passes)
    return Sweep(emulator, data, rows[chosen], trial.part(chosen), embeddings[chosen])


def used(sweep: Sweep) -> Record:
    """How many patterns and particles the figures are of."""
    owners = sweep.trial.particles
    return {
        "patterns": len(sweep.rows),
        "particles": len(np.unique(owners[owners >= 0])),
        "shots": sweep.trial.headline,
    }


def accuracies(sweep: Sweep, embeddings: Ints) -> Record:
    """`accuracy`, `single_vs_multi`, `recall` of these embeddings."""
    trial, pair = sweep.trial, sweep.trial.pair
    scores = likeness(embeddings, trial.drawn(trial.headline), trial.prototype_bits)
    return {
        "accuracy": summary(sweep.particles(embeddings), SEED),
        "single_vs_multi": None if pair is None else summary(sweep.particles(embeddings, pair), SEED),
        "recall": recall(decided(scores), trial.queries(trial.headline), trial.classes),
    }

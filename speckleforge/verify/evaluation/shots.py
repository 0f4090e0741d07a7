"""Accuracy by shots, and single against multi. Takes embeddings and a trial; gives records by `k<shots>`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from speckleforge.artifacts.episodes import REPEATS, Asked, Episode, Indices
from speckleforge.artifacts.fewshot import Floats, accuracy_of, decided, likeness, nearest_likeness, particle_accuracy
from speckleforge.verify.evaluation.trial import SEED, Record, Trial

Scoring = Callable[[Sequence[Episode]], Floats]
"""Episodes -> scores [Q, classes] of their queries."""
SHORT = ("mean", "ci95", "worst_decile")


def recall(predicted: Indices, queries: Asked, classes: tuple[str, ...]) -> Record:
    """Share of the queries of each class that are decided right."""
    return {
        name: round(float((predicted[queries.truth == label] == label).mean()), 6) for label, name in enumerate(classes)
    }


def judged(scores: Floats, trial: Trial, shots: int) -> Record:
    """`mean`, `ci95`, `worst_decile`, `recall`, `particles`, `episodes` of scores [Q, classes]."""
    queries = trial.queries(shots)
    count = len(queries.particle)
    return {
        **accuracy_of(scores, queries, SEED),
        "recall": recall(decided(scores), queries, trial.classes),
        "particles": count // REPEATS,
        "episodes": count,
    }


def shot_record(embeddings: ArrayLike, trial: Trial, shots: int, bits: int | None) -> Record:
    """Accuracy with prototypes (rounded to `bits`, as enrolment does), and beside it with the nearest support."""
    drawn = trial.drawn(shots)
    near = accuracy_of(nearest_likeness(embeddings, drawn), trial.queries(shots), SEED)
    return {**judged(likeness(embeddings, drawn, bits), trial, shots), "nearest": near}


def pair_of(scores: Floats, trial: Trial, shots: int) -> Record | None:
    """Single against multi by itself: `balanced`, `ci95`, `worst_decile`; None where one is not a class."""
    if trial.pair is None:
        return None
    found = accuracy_of(scores, trial.queries(shots), SEED, trial.pair)
    return {"balanced": found.pop("mean"), **found}


def pair_record(embeddings: ArrayLike, trial: Trial, shots: int, bits: int | None) -> Record | None:
    """`pair_of` with prototypes, and beside it with the nearest support."""
    drawn = trial.drawn(shots)
    found = pair_of(likeness(embeddings, drawn, bits), trial, shots)
    near = pair_of(nearest_likeness(embeddings, drawn), trial, shots)
    return None if found is None else {**found, "nearest": near}


def by_shots(embeddings: ArrayLike, trial: Trial, bits: int | None) -> dict[str, Record]:
    """`shot_record` at every number of shots."""
    return {f"k{k}": shot_record(embeddings, trial, k, bits) for k in trial.shots}


def single_vs_multi(integers: ArrayLike, floats: ArrayLike, trial: Trial) -> Record:
    """Both, at every number of shots, and the integers' figure at the headline's shots on top."""
    if trial.pair is None:
        return {"reason": "single and multi are not both classes of this data set"}
    sides = {"integer": (integers, trial.prototype_bits), "float": (floats, None)}
    found = {
        name: {f"k{k}": pair_record(values, trial, k, bits) for k in trial.shots}
        for name, (values, bits) in sides.items()
    }
    top = found["integer"][f"k{trial.headline}"]
    assert top is not None
    return {**{key: top[key] for key in ("balanced", *SHORT[1:])}, "shots": trial.headline, **found}


def each_particle(score: Scoring, trial: Trial, among: list[int] | None = None) -> Record:
    """Accuracy of every particle, ascending, at every number of shots; `among`: between just these classes."""
    found: Record = {}
    for k in trial.shots:
        queries, scores = trial.queries(k), score(trial.drawn(k))
        if among is not None:
            chosen = np.isin(queries.truth, among)
            queries, scores = queries.of(chosen), scores[chosen]
        values = particle_accuracy(decided(scores, among) == queries.truth, queries)
        found[f"k{k}"] = [round(float(value), 6) for value in values]
    return found


def episode_confusion(embeddings: ArrayLike, trial: Trial) -> Record:
    """Share of each class's queries decided for each class, over all episodes at the headline's shots."""
    queries = trial.queries(trial.headline)
    predicted = decided(likeness(embeddings, trial.drawn(trial.headline), trial.prototype_bits))
    share = {
        truth: {
            name: round(float((predicted[queries.truth == index] == other).mean()), 6)
            for other, name in enumerate(trial.classes)
        }
        for index, truth in enumerate(trial.classes)
    }
    counts = np.bincount(queries.truth, minlength=len(trial.classes))
    return {
        "shots": trial.headline,
        "share": share,
        "queries": {name: int(count) for name, count in zip(trial.classes, counts, strict=True)},
    }

"""The veto: keep single hits, discard the rest. Takes likenesses of queries; gives ROC, purity and data reduction.

Class shares at the beam line are declared (`evaluate.priors`), never measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from speckleforge.artifacts.episodes import Indices
from speckleforge.artifacts.fewshot import Floats, likeness
from speckleforge.verify.evaluation.trial import SEED, SINGLE, Record, Trial

KEPT = (0.95, 0.99)
"""Shares of the single hits that are kept at the operating points told."""
POINTS = 101
RESAMPLES = 500


def scale_free(cosines: Floats) -> Floats:
    """The head's likeness `s*s / (z.z)` with prototypes of length 1; 0 where the product is not positive."""
    positive = np.maximum(cosines, 0.0)
    return np.asarray(positive * positive)


def single_margin(cosines: Floats, single: int) -> Floats:
    """Likeness with single minus the largest likeness with any other class [Q]."""
    alike = scale_free(cosines)
    return np.asarray(alike[:, single] - np.delete(alike, single, axis=1).max(axis=1))


def roc_curve(kept: Floats, rest: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Share of `rest` kept and share of `kept` kept, from keeping nothing to keeping all; equal scores go together.

    Parameters
    ----------
    kept, rest
        Scores of what is to be kept [n] and of what is not [m].
    weights
        Of `rest` [m]; alike if all are 0.
    """
    weights = weights if weights.any() else np.ones(len(rest))
    values = np.unique(np.concatenate([kept, rest]))[::-1]
    ranked, order = np.sort(kept), np.argsort(rest, kind="stable")
    true = 1.0 - np.searchsorted(ranked, values, "left") / len(ranked)
    below = np.concatenate([[0.0], np.cumsum(weights[order])])
    false = 1.0 - below[np.searchsorted(rest[order], values, "left")] / below[-1]
    ends = [np.concatenate([[0.0], side]) for side in (false, true)]
    return np.clip(ends[0], 0.0, 1.0), np.clip(ends[1], 0.0, 1.0)


def area_under(false: Floats, true: Floats) -> float:
    """Area under the curve by trapezoids: the probability that a kept one scores higher, ties half."""
    return float((np.diff(false) * (true[1:] + true[:-1]) / 2).sum())


def thinned(false: Floats, true: Floats) -> list[list[float]]:
    """At most `POINTS` of the curve's points, evenly along it, both ends among them."""
    along = false + true
    chosen = np.unique(np.clip(np.searchsorted(along, np.linspace(0, along[-1], POINTS)), 0, len(along) - 1))
    return [[round(float(false[i]), 6), round(float(true[i]), 6)] for i in (0, *chosen[chosen > 0])]


@dataclass(frozen=True)
class Ranked:
    """Scores of one class, the highest first, and the particle that each belongs to."""

    scores: Floats
    owner: Indices

    def kept(self, threshold: float, weights: Floats) -> float:
        """Share of scores at or above the threshold; `weights`: of each particle."""
        each = weights[self.owner]
        return float(each[self.scores >= threshold].sum() / max(each.sum(), 1e-300))

    def threshold(self, share: float, weights: Floats) -> float:
        """The highest threshold that keeps at least this share."""
        summed = np.cumsum(weights[self.owner])
        index = int(np.searchsorted(summed, share * summed[-1] * (1 - 1e-12), "left"))
        return float(self.scores[min(index, len(self.scores) - 1)])


def ranked(scores: Floats, owner: Indices) -> Ranked:
    """Sort them."""
    order = np.argsort(-scores, kind="stable")
    return Ranked(scores[order], owner[order])


def operating_point(groups: Sequence[Ranked], single: int, share: float, weights: Floats) -> tuple[float, Floats]:
    """Threshold that keeps this share of single, and the share of each class that it keeps [classes]."""
    threshold = groups[single].threshold(share, weights)
    return threshold, np.array([group.kept(threshold, weights) for group in groups])


def yields(kept: Floats, single: int, priors: Floats) -> tuple[float, float]:
    """Purity (share of single among what is kept) and share of all frames kept."""
    all_kept = float((priors * kept).sum())
    return float(priors[single] * kept[single] / max(all_kept, 1e-300)), all_kept


def _point(groups: Sequence[Ranked], trial: Trial, priors: Floats, share: float, particles: int) -> Record:
    """One operating point with its interval over particles."""
    single = trial.classes.index(SINGLE)
    threshold, kept = operating_point(groups, single, share, np.ones(particles))
    purity, all_kept = yields(kept, single, priors)
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(particles,)))
    purities, kepts = [], []
    for _ in range(RESAMPLES):
        counts = np.bincount(rng.integers(0, particles, particles), minlength=particles).astype(np.float64)
        found = yields(operating_point(groups, single, share, counts)[1], single, priors)
        purities.append(found[0])
        kepts.append(1 - found[1])
    return {
        "threshold": round(threshold, 6),
        "kept_single": round(float(kept[single]), 6),
        "kept": {name: round(float(value), 6) for name, value in zip(trial.classes, kept, strict=True)},
        "kept_of_all": round(all_kept, 6),
        "data_reduction": round(1 - all_kept, 6),
        "data_reduction_ci95": [round(float(value), 6) for value in np.quantile(kepts, [0.025, 0.975])],
        "reduction_factor": round(1 / max(all_kept, 1e-9), 3),
        "purity": round(purity, 6),
        "purity_ci95": [round(float(value), 6) for value in np.quantile(purities, [0.025, 0.975])],
    }


def _against(kept: Floats, rest: Floats) -> Record:
    """Single against one other class, where priors do not count."""
    false, true = roc_curve(kept, rest, np.ones(len(rest)))
    return {"auc": round(area_under(false, true), 6), "roc": thinned(false, true)}


def veto_record(embeddings: ArrayLike, trial: Trial, priors: Mapping[str, float]) -> Record:
    """ROC and operating points of the margin of single, for prototypes of the episodes at the headline's shots."""
    if SINGLE not in trial.classes or len(trial.classes) < 2:
        return {"reason": "single is not a class of this data set"}
    queries, single = trial.queries(trial.headline), trial.classes.index(SINGLE)
    cosines = likeness(embeddings, trial.drawn(trial.headline), trial.prototype_bits)
    scores, shares = single_margin(cosines, single), np.array([priors[name] for name in trial.classes])
    _, owner = np.unique(queries.particle, return_inverse=True)
    owners = owner[queries.episode]
    groups = [ranked(scores[queries.truth == c], owners[queries.truth == c]) for c in range(len(trial.classes))]
    names = list(trial.classes)
    rest = [c for c in range(len(names)) if c != single]
    others = queries.truth != single
    each = shares / np.maximum(np.bincount(queries.truth, minlength=len(shares)), 1)
    false, true = roc_curve(scores[~others], scores[others], each[queries.truth[others]])
    points = {f"{share:g}": _point(groups, trial, shares, share, int(owner.max()) + 1) for share in KEPT}
    return {
        "shots": trial.headline,
        "score": "likeness with single minus the largest likeness with another class; likeness s*s/(z.z)",
        "priors": {name: round(float(share), 6) for name, share in priors.items()},
        "auc": round(area_under(false, true), 6),
        "roc": thinned(false, true),
        "against": {names[c]: _against(scores[~others], scores[queries.truth == c]) for c in rest},
        "at": points,
    }

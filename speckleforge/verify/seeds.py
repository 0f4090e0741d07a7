"""The stage `seeds`: accuracy over several trainings. Takes an accuracy record for each seed; gives `seeds.json`.

A single training says nothing about the next one. Here every test particle has a score from every seed, in the same
episodes; the interval is a bootstrap over particles and seeds at once. Evaluates nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem

Floats = NDArray[np.float64]
Record = Mapping[str, Any]

ROLE = "accuracy"
RESAMPLES = 2000
QUANTITIES = ("integer", "float", "baseline", "single_vs_multi")


def bootstrap_ci95(scores: Floats, resamples: int = RESAMPLES) -> tuple[float, float]:
    """2.5 % and 97.5 % quantiles of the mean of `scores` [seeds, particles], both drawn with replacement.

    One seed fewer than there are is drawn: with so few of them, as many would understate their scatter by the factor
    (n - 1) / n. Source: McCarthy and Snowden 1985, "The bootstrap and finite population sampling".
    """
    seeds, particles = scores.shape
    rng = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(seeds, particles)))
    of_seeds = rng.multinomial(max(seeds - 1, 1), np.full(seeds, 1 / seeds), size=resamples)
    of_particles = rng.multinomial(particles, np.full(particles, 1 / particles), size=resamples)
    sums = ((of_seeds @ scores) * of_particles).sum(axis=1)
    low, high = np.quantile(sums / (of_seeds[0].sum() * particles), [0.025, 0.975])
    return float(low), float(high)


def over_seeds(scores: Floats) -> dict[str, Any]:
    """What several seeds say together.

    Parameters
    ----------
    scores
        [seeds, particles], in [0, 1]; for a margin in [-1, 1].

    Returns
    -------
    dict
        `mean`; `ci95` (`bootstrap_ci95`); `spread`, the standard deviation of a seed's mean; `range` and `by_seed`, the
        means of the seeds.
    """
    by_seed = scores.mean(axis=1)
    low, high = bootstrap_ci95(scores)
    return {
        "mean": round(float(scores.mean()), 6),
        "ci95": [round(low, 6), round(high, 6)],
        "spread": round(float(by_seed.std(ddof=1)), 6),
        "range": [round(float(by_seed.min()), 6), round(float(by_seed.max()), 6)],
        "by_seed": [round(float(value), 6) for value in by_seed],
    }


def _check_alike(records: Sequence[Record], seeds: Sequence[int]) -> None:
    """The same particles answered the same questions."""
    for seed, record in zip(seeds, records, strict=True):
        for what in ("protocol", "data"):
            if record[what] != records[0][what]:
                got, allowed = str(record[what]), str(records[0][what])
                raise FormatError(Problem(f"'{what}' differs between the seeds", f"seed {seed}", got, allowed))
        if record["per_particle"]["particle"] != records[0]["per_particle"]["particle"]:
            raise FormatError(Problem("the test particles differ between the seeds", f"seed {seed}"))


def _scores(records: Sequence[Record], quantity: str, shots: str) -> Floats:
    """One quantity at one number of shots: [seeds, particles]."""
    return np.array([record["per_particle"][quantity][shots] for record in records], np.float64)


def _summaries(records: Sequence[Record], about: Record) -> dict[str, Any]:
    """Every quantity at every number of shots that the records have."""
    first = records[0]["per_particle"]
    return {
        quantity: {shots: {**over_seeds(_scores(records, quantity, shots)), **about} for shots in first[quantity]}
        for quantity in QUANTITIES
        if first.get(quantity)
    }


def _margin(records: Sequence[Record], about: Record) -> dict[str, Any] | None:
    """By how much the network is better than the baseline, particle by particle, at the headline's shots."""
    headline = records[0]["protocol"]["headline_shots"]
    shots, first = f"k{headline}", records[0]["per_particle"]
    if shots not in (first.get("baseline") or {}):
        return None
    margin = _scores(records, "integer", shots) - _scores(records, "baseline", shots)
    return {**over_seeds(margin), "shots": headline, **about}


def gather(records: Sequence[Record], seeds: Sequence[int]) -> dict[str, Any]:
    """The record of several trainings; a reason where the data allow no episodes.

    Parameters
    ----------
    records
        `accuracy.json` of each seed.
    seeds
        The training seeds, in the same order.

    Raises
    ------
    FormatError
        The records are not of the same data and the same episodes.
    """
    for record in records:
        if "particle" not in record["per_particle"]:
            return {"seeds": list(seeds), **record["per_particle"]}
    _check_alike(records, seeds)
    about = {key: records[0]["data"][key] for key in ("stage", "condition") if key in records[0]["data"]}
    return {
        "seeds": list(seeds),
        "particles": len(records[0]["per_particle"]["particle"]),
        "headline_shots": records[0]["protocol"]["headline_shots"],
        "interval": f"bootstrap over particles and training seeds, {RESAMPLES} resamples",
        "data": records[0]["data"],
        **_summaries(records, about),
        "margin": _margin(records, about),
    }


def run(ctx: StageContext) -> None:
    """Gather the records of all seeds."""
    seeds = [ctx.params["first_seed"] + replica for replica in range(ctx.params["count"])]
    roles = [f"{ROLE}@{replica}" if replica else ROLE for replica in range(len(seeds))]
    ctx.write_json("seeds.json", gather([ctx.read_json(role) for role in roles], seeds))

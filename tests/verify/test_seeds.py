"""Several trainings together: what the mean, the spread and the interval say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError
from speckleforge.verify import seeds

PARTICLES = [3, 5, 8, 9]


def record(integer: list[float], baseline: float = 0.5, condition: str = "reference") -> dict[str, Any]:
    """`accuracy.json`, as far as it is read."""
    rest = {name: {"k5": integer} for name in ("integer", "float", "single_vs_multi")}
    scores = {**rest, "baseline": {"k5": [baseline] * len(integer)}}
    return {
        "data": {"stage": "simulated, photons", "condition": condition, "source": "simulation"},
        "protocol": {"shots": [5], "headline_shots": 5, "seed": 0},
        "per_particle": {"particle": PARTICLES[: len(integer)], **scores},
    }


def test_the_figures_of_three_seeds() -> None:
    found = seeds.gather([record([0.8, 0.9]), record([0.9, 1.0]), record([0.7, 0.8])], [4, 5, 6])
    k5 = found["integer"]["k5"]
    assert k5["mean"] == pytest.approx(0.85)
    assert k5["by_seed"] == pytest.approx([0.85, 0.95, 0.75])
    assert k5["range"] == pytest.approx([0.75, 0.95])
    assert k5["spread"] == pytest.approx(0.1)
    assert k5["ci95"][0] < 0.85 < k5["ci95"][1]
    assert (k5["stage"], k5["condition"]) == ("simulated, photons", "reference")
    assert found["margin"]["mean"] == pytest.approx(0.35)
    assert found["seeds"] == [4, 5, 6]


def test_the_interval_covers_both_particles_and_seeds() -> None:
    of_particles = np.array([[0.6, 0.8, 1.0, 0.7]] * 3)
    of_seeds = np.array([[0.6] * 4, [0.8] * 4, [1.0] * 4])
    both = of_particles + of_seeds - 0.8
    widths = [np.diff(seeds.bootstrap_ci95(scores))[0] for scores in (of_particles, of_seeds, both)]
    assert min(widths) > 0.1
    assert widths[2] > max(widths[:2])


def test_the_scatter_of_few_seeds_is_not_understated() -> None:
    """Of scores that differ by the seed alone, the interval reaches the extremes."""
    scores = np.random.default_rng(1).normal(0.9, 0.02, size=(3, 1)).repeat(40, axis=1)
    low, high = seeds.bootstrap_ci95(scores, resamples=20_000)
    by_seed = scores[:, 0]
    assert (low, high) == pytest.approx((by_seed.min(), by_seed.max())), "two are drawn of three"


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 5),
    st.integers(1, 6),
    st.integers(0, 2**31),
)
def test_mean_and_interval_lie_within_the_scores(count: int, particles: int, seed: int) -> None:
    scores = np.random.default_rng(seed).random((count, particles))
    found = seeds.over_seeds(scores)
    low, high = found["ci95"]
    assert scores.min() - 1e-6 <= low <= high <= scores.max() + 1e-6
    assert found["mean"] == pytest.approx(scores.mean(), abs=1e-6)
    assert found == seeds.over_seeds(scores), "the same every time"


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (record([0.8, 0.9], condition="bright"), "'data' differs"),
        ({**record([0.8, 0.9]), "protocol": {"headline_shots": 1}}, "'protocol' differs"),
        (record([0.8, 0.9, 0.9]), "test particles differ"),
    ],
)
def test_records_of_other_data_are_refused(other: dict[str, Any], what: str) -> None:
    with pytest.raises(FormatError, match=what) as caught:
        seeds.gather([record([0.8, 0.9]), other], [0, 1])
    assert "seed 1" in str(caught.value)


def test_the_stage_reads_every_replica_in_its_order(tmp_path: Path) -> None:
    inputs = {}
    for role, mean in (("accuracy@2", 0.9), ("accuracy", 0.7), ("accuracy@1", 0.8)):
        inputs[role] = tmp_path / f"{role}.json"
        inputs[role].write_text(json.dumps(record([mean] * 4)), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    seeds.run(StageContext({"first_seed": 7, "count": 3}, inputs, out, tmp_path))
    found = json.loads((out / "seeds.json").read_text(encoding="utf-8"))
    assert found["integer"]["k5"]["by_seed"] == [0.7, 0.8, 0.9]
    assert found["seeds"] == [7, 8, 9]

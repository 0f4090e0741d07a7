"""The veto's ROC and operating points on scores whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.verify.evaluation.trial import Trial, trial_of
from speckleforge.verify.evaluation.veto import (
    POINTS,
    area_under,
    ranked,
    roc_curve,
    single_margin,
    thinned,
    veto_record,
)
from tests.datasets import CLASSES

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=30)
PRIORS = {"background": 0.9, "single": 0.05, "multi": 0.03, "non_sample": 0.02}


def trial(patterns: int = 12, particles: int = 5) -> Trial:
    label = np.tile(np.repeat(np.arange(4), patterns), particles)
    particle = np.repeat(np.arange(particles), 4 * patterns)
    return trial_of(label, np.where(np.isin(label, [0, 3]), -1, particle), CLASSES, [1, 5], 8)


def planted(of: Trial, noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.rint(100 * (np.eye(8)[of.labels] + noise * rng.normal(size=(len(of.labels), 8)))).astype(np.int64)


@given(SCORES, SCORES)
@settings(max_examples=60, deadline=None)
def test_the_curve_rises_from_nothing_to_all_and_its_area_is_the_chance_to_rank_right(
    single: list[int], rest: list[int]
) -> None:
    kept, other = np.array(single, float), np.array(rest, float)
    false, true = roc_curve(kept, other, np.ones(len(other)))
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert (np.diff(false) >= 0).all()
    assert (np.diff(true) >= 0).all()
    pairs = kept[:, None] - other[None, :]
    assert area_under(false, true) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))


@given(SCORES, st.data())
@settings(max_examples=40, deadline=None)
def test_a_weight_counts_as_so_many_patterns(rest: list[int], data: st.DataObject) -> None:
    weights = np.array(data.draw(st.lists(st.integers(1, 3), min_size=len(rest), max_size=len(rest))))
    kept, other = np.arange(-4.0, 5.0), np.array(rest, float)
    weighted = area_under(*roc_curve(kept, other, weights.astype(float)))
    repeated = np.repeat(other, weights)
    assert weighted == pytest.approx(area_under(*roc_curve(kept, repeated, np.ones(len(repeated)))))


@given(SCORES, st.floats(0.01, 1.0), st.data())
@settings(max_examples=60, deadline=None)
def test_a_threshold_keeps_at_least_the_share_and_the_next_one_up_would_not(
    scores: list[int], share: float, data: st.DataObject
) -> None:
    owner = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(scores), max_size=len(scores))))
    group, weights = ranked(np.array(scores, float), owner), np.array([1.0, 2.0, 1.0, 3.0])
    threshold = group.threshold(share, weights)
    assert group.kept(threshold, weights) >= share - 1e-9
    assert group.kept(np.nextafter(threshold, np.inf), weights) < share + 1e-9


def test_few_points_stand_for_many_with_both_ends() -> None:
    rng = np.random.default_rng(0)
    points = thinned(*roc_curve(rng.normal(1, 1, 5000), rng.normal(0, 1, 5000), np.ones(5000)))
    assert POINTS // 2 < len(points) <= POINTS
    assert (points[0], points[-1]) == ([0.0, 0.0], [1.0, 1.0])


def test_planted_classes_are_told_apart_and_chance_is_chance() -> None:
    of = trial()
    perfect = veto_record(planted(of, 0.01), of, PRIORS)
    assert perfect["auc"] == 1.0
    for point in perfect["at"].values():
        assert point["purity"] == 1.0
        assert point["kept_of_all"] == pytest.approx(0.05 * point["kept_single"], abs=1e-6)
        assert point["data_reduction"] == pytest.approx(1 - point["kept_of_all"], abs=1e-6)
    blind = np.rint(100 * np.random.default_rng(1).normal(size=(len(of.labels), 8))).astype(np.int64)
    chance = veto_record(blind, of, PRIORS)
    assert chance["auc"] == pytest.approx(0.5, abs=0.1)
    assert chance["at"]["0.95"]["purity"] == pytest.approx(0.05, abs=0.02)
    low, high = chance["at"]["0.95"]["purity_ci95"]
    assert low <= chance["at"]["0.95"]["purity"] <= high


def test_priors_weigh_purity() -> None:
    of = trial()
    values = planted(of, 0.7)
    rare = veto_record(values, of, PRIORS)["at"]["0.95"]
    usual = veto_record(values, of, dict.fromkeys(CLASSES, 0.25))["at"]["0.95"]
    assert rare["kept"] == usual["kept"]
    assert rare["purity"] < usual["purity"]
    only = veto_record(values, of, {**dict.fromkeys(CLASSES, 0.0), "single": 1.0})
    assert only["at"]["0.95"]["purity"] == 1.0
    assert 0 <= only["auc"] <= 1


def test_the_margin_is_scale_free_and_never_rewards_a_negative_product() -> None:
    cosines = np.array([[0.5, 0.8, 0.1], [0.2, -0.9, 0.1]])
    assert single_margin(cosines, 1) == pytest.approx([0.64 - 0.25, 0 - 0.04])


def test_without_single_there_is_a_reason() -> None:
    of = trial()
    other = Trial(of.labels, of.particles, ("a", "b", "c", "d"), of.shots, 8)
    assert "single" in veto_record(planted(of, 0.1), other, PRIORS)["reason"]

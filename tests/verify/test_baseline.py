"""The baseline: rings, whitening, discriminant, margin, on data whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.artifacts.fewshot import likeness
from speckleforge.verify.evaluation.applicability import applicability_record, quantiles
from speckleforge.verify.evaluation.baseline import (
    RINGS,
    Discriminant,
    Labelled,
    Whitening,
    baseline_record,
    fit_baseline,
    labelled,
    margin,
)
from speckleforge.verify.evaluation.intensity import FINE, measure_intensity
from speckleforge.verify.evaluation.trial import Trial, trial_of
from tests.datasets import CLASSES, write_dataset


def silent(done: float, message: str) -> None:
    pass


@pytest.fixture
def data(tmp_path) -> Dataset:
    return read_dataset(write_dataset(tmp_path / "dataset", 11, 13, patterns=12))


def splits(of: Dataset) -> dict[str, Labelled]:
    return {name: labelled(of, *measure_intensity(of, name, silent)) for name in ("train", "validate", "test")}


def trial(of: Dataset) -> Trial:
    rows = of.indices("test")
    return trial_of(of.label[rows], of.particle[rows], CLASSES, [1, 5], 8)


def test_rings_hold_every_photon_once_and_the_mask_and_pedestal_of_the_fabric_count(data: Dataset) -> None:
    rows = data.indices("test")
    found, at = measure_intensity(data, "test", silent)
    assert (at == rows).all()
    assert found.total == pytest.approx(np.asarray(data.photons[rows], np.int64).sum(axis=(1, 2)))
    assert found.pixels.sum() == 11 * 13
    mask = np.ones((11, 13), np.uint8)
    mask[:4] = 0
    pedestal = np.full((11, 13), 2, np.uint8)
    masked, _ = measure_intensity(replace(data, calibration={"mask": mask, "pedestal": pedestal}), "test", silent)
    expected = (np.maximum(np.asarray(data.photons[rows], np.int64) - 2, 0) * mask).sum(axis=(1, 2))
    assert masked.total == pytest.approx(expected)
    assert masked.pixels.sum() == 7 * 13


def test_rings_are_of_equal_width_in_q(data: Dataset) -> None:
    found, _ = measure_intensity(
        replace(data, q=np.broadcast_to(np.arange(13, dtype=np.float32), (11, 13))), "test", silent
    )
    assert (found.pixels > 0).sum() == 13
    assert found.pixels[0] == found.pixels[-1] == 11


@pytest.mark.parametrize("rings", RINGS)
def test_coarse_rings_are_sums_of_fine_ones_and_empty_ones_drop_out(data: Dataset, rings: int) -> None:
    assert FINE % rings == 0
    found, _ = measure_intensity(data, "train", silent)
    features = found.features(rings)
    assert np.isfinite(features).all()
    assert 2 <= features.shape[1] <= rings + 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_whitened_features_are_uncorrelated_and_constants_drop_out(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    features = np.c_[
        rng.normal(size=(200, size)) @ (rng.normal(size=(size, size)) + 3 * np.eye(size)) + 5, np.ones(200)
    ]
    white = Whitening(features)(features)
    assert white.shape[1] <= size
    assert np.cov(white.T) == pytest.approx(np.eye(white.shape[1]), abs=1e-6)
    assert white.mean(axis=0) == pytest.approx(0, abs=1e-6)


def test_a_discriminant_finds_planted_classes_and_never_one_without_a_pattern() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 3], 100)
    features = rng.normal(size=(300, 4)) + 6 * np.eye(4)[labels]
    decided = Discriminant(features, labels, 4)(features).argmax(axis=1)
    assert (decided == labels).mean() > 0.99
    assert 2 not in decided


def test_brightness_alone_tells_classes_that_differ_in_brightness(data: Dataset) -> None:
    of, found = trial(data), splits(data)
    fitted = fit_baseline(found, of)
    record = baseline_record(fitted, np.eye(6)[of.labels], of, "pixel")
    assert record["few_shot"]["k5"]["mean"] > 0.45, "chance is 0.25"
    assert record["linear"]["mean"] > 0.97
    assert record["linear"]["trained_on"] == len(data.indices("train"))
    assert record["margin"]["mean"] == pytest.approx(1 - record["few_shot"]["k5"]["mean"], abs=1e-6)
    assert record["margin"]["linear"]["mean"] == pytest.approx(1 - record["linear"]["mean"], abs=1e-6)


def test_a_baseline_that_knows_nothing_is_at_chance(data: Dataset) -> None:
    rng = np.random.default_rng(3)
    words = rng.poisson(5.0, size=data.photons.shape).astype(np.uint8)
    blind = replace(data, photons=words)
    of = trial(blind)
    record = baseline_record(fit_baseline(splits(blind), of), np.eye(6)[of.labels], of, "pixel")
    assert record["few_shot"]["k5"]["mean"] == pytest.approx(0.25, abs=0.1)
    assert record["linear"]["mean"] == pytest.approx(0.25, abs=0.1)
    assert record["margin"]["mean"] > 0.6


def test_a_network_has_no_margin_over_itself(data: Dataset) -> None:
    of = trial(data)
    scores = likeness(np.random.default_rng(0).normal(size=(len(of.labels), 5)), of.drawn(5))
    assert margin(scores, scores, of, 5) == {"mean": 0.0, "ci95": [0.0, 0.0]}


def test_without_training_patterns_there_is_a_reason(data: Dataset) -> None:
    bare = replace(data, split=np.maximum(data.split, 1))
    assert fit_baseline(splits(bare), trial(bare)) is None
    assert "training" in baseline_record(None, np.zeros((1, 1)), trial(data), "pixel")["reason"]


def test_ranges_tell_whether_the_test_data_are_like_the_training_data(data: Dataset) -> None:
    alike = applicability_record(data, splits(data), {"input": 0.0}, tuple(CLASSES))
    assert alike["photons"]["test"]["multi"]["low"] <= alike["photons"]["test"]["multi"]["median"]
    assert max(alike["outside"].values()) < 0.4
    assert "reason" in alike["fluence"], "this source does not know its fluence"
    words = np.array(data.photons)
    words[data.split == 2] *= 4
    brighter = applicability_record(
        replace(data, photons=words), splits(replace(data, photons=words)), {}, tuple(CLASSES)
    )
    assert min(brighter["outside"].values()) == 1.0
    known = applicability_record(replace(data, fluence=np.ones(len(data.label))), splits(data), {}, tuple(CLASSES))
    assert known["fluence"]["test"] == {"low": 1.0, "median": 1.0, "high": 1.0}
    assert quantiles(np.array([np.nan])) is None

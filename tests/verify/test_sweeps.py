"""Fewer photons, less detector: the changes themselves, and what they are told as."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.verify.evaluation import area, photons
from speckleforge.verify.evaluation.sweeps import BUDGET_MACS, LEAST, affordable
from speckleforge.verify.evaluation.trial import Trial, trial_of
from tests.datasets import CLASSES, write_dataset


def trial(particles: int = 12, patterns: int = 20) -> Trial:
    label = np.tile(np.repeat(np.arange(4), patterns), particles)
    particle = np.repeat(np.arange(particles), 4 * patterns)
    return trial_of(label, np.where(np.isin(label, [0, 3]), -1, particle), CLASSES, [1, 5, 20], 8)


@given(st.floats(0.05, 0.95), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_thinned_counts_are_fewer_and_have_the_binomial_mean_and_variance(fraction: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = rng.poisson(3.0, size=(40, 20, 20)).astype(np.uint8)
    kept = photons.thin(words, fraction, rng)
    assert kept.dtype == words.dtype
    assert (kept <= words).all()
    total, error = float(words.sum()), np.sqrt(words.sum() * fraction * (1 - fraction))
    assert abs(kept.sum() - fraction * total) < 6 * error
    # Thinned Poisson counts are Poisson counts: mean and variance alike, within six standard errors.
    mean = 3.0 * fraction
    assert kept.var() == pytest.approx(mean, abs=6 * np.sqrt((mean + 2 * mean**2) / kept.size))


def test_a_thinner_counts_the_photons_that_stay_whatever_the_chunks() -> None:
    words = np.random.default_rng(0).poisson(4.0, size=(30, 9, 9)).astype(np.uint8)
    whole, parts = photons.Thinner(2), photons.Thinner(2)
    kept = whole(words)
    pieces = np.concatenate([parts(words[:7]), parts(words[7:])])
    assert (kept == pieces).all()
    assert (whole.photons == kept.sum(axis=(1, 2))).all()
    assert (whole.photons == parts.photons).all()
    assert (photons.Thinner(0)(words) == words).all(), "the first fraction is everything"


@given(st.integers(8, 70), st.integers(8, 70), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_missing_modules_are_whole_nested_and_nearly_the_area_asked(rows: int, columns: int, draw: int) -> None:
    shape = (rows, columns)
    masks = [area.missing(shape, share, draw) for share in area.AREAS]
    height, width = area.module_shape(shape)
    for share, mask in zip(area.AREAS, masks, strict=True):
        assert mask.mean() == pytest.approx(share, abs=height * width / (rows * columns) / 2 + 1e-9)
        for top in range(0, rows, height):
            for left in range(0, columns, width):
                module = mask[top : top + height, left : left + width]
                assert module.all() or not module.any()
    for smaller, larger in pairwise(masks):
        assert not (smaller & ~larger).any()


def test_which_modules_are_missing_depends_on_the_draw() -> None:
    masks = {area.missing((65, 65), 0.25, draw).tobytes() for draw in range(area.DRAWS)}
    assert len(masks) == area.DRAWS


def test_a_large_network_is_asked_about_fewer_particles_that_still_have_all_they_need() -> None:
    of = trial()
    assert len(affordable(of, 1, 16)) == len(of.labels)
    costly = int(BUDGET_MACS / (16 * len(of.labels)) * 2)  # half of the patterns fit
    part = of.part(affordable(of, costly, 16))
    assert len(np.unique(part.particles[part.particles >= 0])) == 6
    assert 0.4 < len(part.labels) / len(of.labels) < 0.6
    assert len(part.drawn(part.headline)) == 6 * 20
    least = of.part(affordable(of, 10**15, 16))
    assert len(np.unique(least.particles[least.particles >= 0])) == LEAST
    least.drawn(least.headline)


def test_strata_hold_every_query_of_a_particle_once() -> None:
    of = trial()
    rng = np.random.default_rng(0)
    counts = rng.integers(100, 9000, len(of.labels)).astype(float)
    values = np.rint(100 * np.eye(8)[of.labels]).astype(np.int64)
    found = photons.strata(of, values, counts)
    total = sum(cell["queries"] for stratum in found for cell in stratum["recall"].values())
    assert total == np.isin(of.queries(of.headline).truth, [1, 2]).sum()
    assert all(cell["share"] == 1.0 for stratum in found for cell in stratum["recall"].values())
    assert [stratum["single_vs_multi"] for stratum in found] == [1.0] * 5
    means = [stratum["mean_photons"] for stratum in found]
    assert means == sorted(means)
    assert all(low <= mean <= high for mean, (low, high) in zip(means, (s["photons"] for s in found), strict=True))


@pytest.fixture
def data(tmp_path) -> Dataset:
    return read_dataset(write_dataset(tmp_path / "dataset", 9, 9))


def test_words_that_are_no_photons_are_not_thinned(data: Dataset) -> None:
    assert photons.no_photons(data) == ""
    raw = replace(data, attributes={**data.attributes, "units": "adu"})
    assert "adu" in photons.no_photons(raw)
    assert "pedestal" in photons.no_photons(replace(data, calibration={"pedestal": np.zeros((9, 9), np.uint8)}))

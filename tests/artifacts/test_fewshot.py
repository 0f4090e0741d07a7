"""Few-shot accuracy on embeddings whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from speckleforge.artifacts.fewshot import (
    accuracy_record,
    bootstrap_ci95,
    episodes,
    few_shot,
    normalised,
    possible_shots,
)
from speckleforge.errors import FormatError

NAMES = ["background", "single", "multi", "non_sample"]
PARTICLES, PATTERNS = 4, 12


def layout() -> tuple[np.ndarray, np.ndarray]:
    """Labels and particles as in a test split: two classes with particles, two in a pool."""
    label = np.tile(np.repeat(np.arange(4), PATTERNS), PARTICLES)
    particle = np.repeat(np.arange(PARTICLES) + 7, 4 * PATTERNS)
    return label, np.where(np.isin(label, [0, 3]), -1, particle)


def embeddings(label: np.ndarray, noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.eye(6)[label] + noise * rng.normal(size=(len(label), 6))


def test_an_episode_is_of_one_particle_and_asks_nothing_that_it_has_seen() -> None:
    label, particle = layout()
    drawn = episodes(label, particle, 5, 0, classes=4, repeats=3)
    assert len(drawn) == PARTICLES * 3
    for episode in drawn:
        assert episode.support.shape == (4, 5)
        assert not set(episode.support.ravel()) & set(episode.query)
        assert set(particle[episode.query]) | set(particle[episode.support.ravel()]) == {-1, episode.particle}
        assert (label[episode.support] == np.arange(4)[:, None]).all()
        assert (label[episode.query] == episode.query_label).all()


def test_known_answers() -> None:
    label, particle = layout()
    perfect = few_shot(embeddings(label, 0.0), label, particle, 1, 0, classes=4)
    assert perfect["mean"] == 1.0
    assert perfect["ci95"] == [1.0, 1.0]
    chance = few_shot(embeddings(label * 0, 1.0), label, particle, 5, 0, classes=4)
    assert chance["mean"] == pytest.approx(0.25, abs=0.05)


def test_single_against_multi_is_judged_by_itself() -> None:
    label, particle = layout()
    blurred = embeddings(np.where(label == 2, 1, label), 0.05)
    by_shots, pair = accuracy_record(blurred, label, particle, NAMES, shots=[1, 5], seed=0)
    assert set(by_shots) == {"k1", "k5"}
    assert by_shots["k5"]["mean"] == pytest.approx(0.75, abs=0.04)
    assert pair is not None
    assert pair["balanced"] == pytest.approx(0.5, abs=0.08)
    assert pair["shots"] == 5


def test_scale_and_integers_change_nothing() -> None:
    label, particle = layout()
    values = np.rint(100 * embeddings(label, 0.4)).astype(np.int64)
    assert few_shot(values, label, particle, 5, 0, classes=4) == few_shot(values / 64, label, particle, 5, 0, classes=4)


def test_too_many_shots_are_refused_and_foreseen() -> None:
    label, particle = layout()
    assert possible_shots(label, particle, [20, 5, 12, 1], classes=4) == (1, 5)
    with pytest.raises(FormatError, match=r"raise data\.patterns"):
        episodes(label, particle, PATTERNS, 0, classes=4)


def test_zero_vectors_stay_zero_and_the_interval_holds_the_mean() -> None:
    assert (normalised(np.zeros((2, 3))) == 0).all()
    low, high = bootstrap_ci95([0.8, 0.9, 1.0, 0.7], 0)
    assert 0.7 <= low < 0.85 < high <= 1.0

"""Few-shot accuracy on embeddings whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.episodes import Episode, asked, episodes, possible_shots
from speckleforge.artifacts.fewshot import (
    accuracy_of,
    accuracy_record,
    balanced_accuracy,
    bootstrap_ci95,
    closeness,
    decided,
    few_shot,
    headline,
    likeness,
    nearest_likeness,
    normalised,
    particle_accuracy,
    prototypes,
    summary,
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


def test_the_nearest_support_and_prototypes_agree_on_planted_classes_and_at_one_shot() -> None:
    label, particle = layout()
    drawn = episodes(label, particle, 5, 0, classes=4)
    queries = asked(drawn)
    for scores in (likeness(embeddings(label, 0.01), drawn), nearest_likeness(embeddings(label, 0.01), drawn)):
        assert accuracy_of(scores, queries, 0) == {"mean": 1.0, "ci95": [1.0, 1.0], "worst_decile": 1.0}
    once = episodes(label, particle, 1, 0, classes=4)
    noisy = embeddings(label, 0.5)
    assert likeness(noisy, once) == pytest.approx(nearest_likeness(noisy, once))


def test_classes_that_tie_in_the_hardware_go_to_the_lowest() -> None:
    values = np.array([[6, 1], [1, 6], [5, 5], [7, 7], [1, 1]])  # the last three lie between the two prototypes
    once = [Episode(0, np.array([[0], [1]]), np.array([2, 3, 4]), np.array([0, 0, 0]))]
    scores = likeness(values, once, 4)
    assert (scores[:, 0] == scores[:, 1]).all()
    assert (decided(scores) == 0).all()


def test_closeness_ranks_as_the_distance_to_the_mean_support() -> None:
    label, particle = layout()
    values, drawn = embeddings(label, 0.6), episodes(label, particle, 5, 0, classes=4, repeats=1)
    first = drawn[0]
    means = values[first.support].mean(axis=1)
    distance = ((values[first.query][:, None] - means[None]) ** 2).sum(axis=2)
    assert (closeness(values, drawn)[: len(first.query)].argmax(axis=1) == distance.argmin(axis=1)).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 6, 8]))
@settings(max_examples=30, deadline=None)
def test_rounded_prototypes_are_integers_of_the_heads_type_and_near(seed: int, bits: int) -> None:
    unit = normalised(np.random.default_rng(seed).normal(size=(12, 7)))
    support = np.arange(12).reshape(4, 3)
    exact, rounded = prototypes(unit, support), prototypes(unit, support, bits)
    scale = 2.0 ** np.floor(np.log2((2 ** (bits - 1) - 1 + 0.499) / np.abs(exact).max()))  # as enrolment takes it
    integers = rounded * scale
    assert (integers == np.rint(integers)).all()
    assert np.abs(integers).max() <= 2 ** (bits - 1) - 1
    assert np.abs(rounded - exact).max() <= 0.5 / scale + 1e-12
    assert (prototypes(np.zeros((12, 7)), support, bits) == 0).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=25), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_intervals_and_the_worst_decile_lie_within_the_particles(values: list[float], seed: int) -> None:
    sample = np.array(values)
    found = summary(sample, seed)
    low, high = found["ci95"]
    assert sample.min() - 1e-6 <= low <= high <= sample.max() + 1e-6
    assert low - 1e-6 <= found["mean"] <= high + 1e-6
    assert sample.min() - 1e-6 <= found["worst_decile"] <= found["mean"] + 1e-6


def test_the_worst_decile_is_of_a_tenth_of_the_particles() -> None:
    assert summary(np.arange(1, 21) / 100, 0)["worst_decile"] == pytest.approx(0.015)
    assert summary(np.array([0.5, 0.9]), 0)["worst_decile"] == 0.5


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_a_particles_accuracy_is_the_balanced_one_of_its_episodes(seed: int) -> None:
    label, particle = layout()
    drawn = episodes(label, particle, 2, 0, classes=4, repeats=3)
    queries = asked(drawn)
    rng = np.random.default_rng(seed)
    predicted = rng.integers(0, 4, len(queries.row))
    each = np.array(
        [
            balanced_accuracy(predicted[queries.episode == e], queries.truth[queries.episode == e])
            for e in range(len(drawn))
        ]
    )
    found = particle_accuracy(predicted == queries.truth, queries)
    assert found == pytest.approx(each.reshape(PARTICLES, 3).mean(axis=1))


def test_the_headline_is_five_shots_where_they_are_there() -> None:
    assert headline([1, 5, 10, 20]) == 5
    assert headline([1, 2]) == 2
    assert headline([10, 20]) == 10

"""Section `evaluate`: shots, priors, and what gates ask of the test patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import SpecError
from speckleforge.spec import parse_spec
from speckleforge.spec.priors import class_priors, faults

CLASSES = ["background", "single", "multi", "non_sample"]


def evaluate(text: str) -> dict:
    return parse_spec(text.encode(), "s.yaml").slice("evaluate")


def said(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text.encode(), "s.yaml")
    return str(caught.value)


def test_shots_are_those_asked_and_those_of_the_gates(kcu: str) -> None:
    assert evaluate(kcu)["shots"] == [1, 5, 10, 20]
    more = kcu.replace("gates:\n", "gates:\n  single_vs_multi: {shots: 3, at_least: 0.8}\n")
    assert evaluate(more + "\nevaluate: {shots: [2, 7]}\n")["shots"] == [2, 3, 5, 7]


def test_seeds_do_not_reach_the_evaluation_of_one(kcu: str) -> None:
    assert evaluate(kcu + "\nevaluate: {seeds: 3}\n") == evaluate(kcu)


@pytest.mark.parametrize("gate", ["single_vs_multi", "baseline_margin"])
def test_a_gates_shots_leave_a_test_pattern(kcu: str, gate: str) -> None:
    message = said(kcu.replace("gates:\n", f"gates:\n  {gate}: {{shots: 500, at_least: 0.8}}\n"))
    assert f"gates.{gate}.shots: leaves no pattern of a particle to decide on" in message
    assert "raise data.patterns" in message


def test_priors_by_default_are_mostly_background(kcu: str) -> None:
    found = evaluate(kcu)["priors"]
    assert found["background"] == pytest.approx(0.9)
    assert found["single"] == found["multi"] == pytest.approx(0.1 / 3)


def test_named_shares_leave_the_rest_to_the_others(kcu: str) -> None:
    found = evaluate(kcu + "\nevaluate: {priors: {background: 0.5, single: 0.3}}\n")["priors"]
    assert found == pytest.approx({"background": 0.5, "single": 0.3, "multi": 0.1, "non_sample": 0.1})


@pytest.mark.parametrize(
    ("priors", "what"),
    [
        ("{singel: 0.1}", "evaluate.priors.singel: 'singel' is not one of data.classes"),
        ("{background: 0.9, single: 0.2}", "evaluate.priors: the shares sum to more than 1"),
        ("{background: 0.5, single: 0.1, multi: 0.1, non_sample: 0.1}", "sum to less than 1"),
        ("{background: 1.5}", "evaluate.priors.background: out of range"),
        ("{background: many}", "evaluate.priors.background: not a number"),
    ],
)
def test_priors_that_are_no_shares(kcu: str, priors: str, what: str) -> None:
    assert what in said(kcu + f"\nevaluate: {{priors: {priors}}}\n")


@given(st.dictionaries(st.sampled_from(CLASSES), st.floats(0, 0.25), max_size=3))
def test_shares_always_sum_to_one(declared: dict[str, float]) -> None:
    found = class_priors(CLASSES, declared)
    assert list(found) == CLASSES
    assert sum(found.values()) == pytest.approx(1)
    assert all(share >= 0 for share in found.values())
    assert faults(CLASSES, declared) == ([], "")


def test_two_classes_without_background_are_alike() -> None:
    assert class_priors(["single", "multi"], {}) == {"single": 0.5, "multi": 0.5}
    assert class_priors(["background"], {}) == {"background": 1.0}

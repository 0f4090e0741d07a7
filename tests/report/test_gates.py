"""Gates on accuracy: what they judge, and when they judge nothing."""

from __future__ import annotations

from typing import Any

import pytest

from speckleforge.report.gates import check_gates

RECORD = {
    "accuracy": {
        "integer": {"k5": {"mean": 0.91}},
        "single_vs_multi": {"balanced": 0.83, "shots": 5, "integer": {"k5": {"balanced": 0.83}}},
        "baseline": {"margins": {"k5": {"mean": 0.12}}},
    }
}


def verdict(name: str, at_least: float, record: dict[str, Any], shots: int = 5) -> dict[str, Any]:
    (found,) = check_gates({name: {"shots": shots, "at_least": at_least}}, record)
    return found


@pytest.mark.parametrize(("name", "value"), [("accuracy", 0.91), ("single_vs_multi", 0.83), ("baseline_margin", 0.12)])
def test_a_gate_holds_at_its_limit_and_not_above(name: str, value: float) -> None:
    assert verdict(name, value, RECORD)["holds"] is True
    assert verdict(name, value + 0.001, RECORD)["holds"] is False
    assert verdict(name, value, RECORD)["name"] == f"{name}_k5"
    assert verdict(name, value, RECORD)["value"] == value


@pytest.mark.parametrize("name", ["accuracy", "single_vs_multi", "baseline_margin"])
def test_what_was_not_evaluated_is_not_established(name: str) -> None:
    for record, shots in ((RECORD, 10), ({"accuracy": {}}, 5), ({}, 5)):
        found = verdict(name, 0.1, record, shots)
        assert found["holds"] == "not_established"
        assert f"{shots} shots was not evaluated" in found["reason"]


def test_the_evaluations_reason_is_the_gates() -> None:
    why = {"reason": "too few patterns"}
    record = {"accuracy": {"integer": why, "single_vs_multi": why, "baseline": why}}
    for name in ("accuracy", "single_vs_multi", "baseline_margin"):
        assert verdict(name, 0.1, record)["reason"] == "too few patterns"

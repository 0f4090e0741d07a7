"""Switching activity and power in the graph: asked for, and reached by new weights while hardware is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.graph.stage import Pipeline, bind
from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec, parse_spec
from speckleforge.tools import vendor
from speckleforge.tools.find import Tool

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "specs" / "kcu1500-w4a4.yaml").read_text(encoding="utf-8")
ASKED = TEXT.replace("  weights: {reload", "  vivado: {activity: true}\n  weights: {reload")


def spec(text: str) -> Spec:
    return parse_spec(text.encode(), "specs/s.yaml")


@pytest.fixture
def _vivado_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "vendor_tool", lambda name: Tool(name, "2023.2", (name,)))


@pytest.fixture
def _nothing_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "vendor_tool", lambda name: None)


def reached(pipeline: Pipeline, stage: str) -> set[str]:
    """Every stage that reads, at whatever distance, what `stage` gives."""
    found = {stage}
    for item in pipeline.stages:
        if found & set(item.needs):
            found.add(item.name)
    return found


@pytest.mark.usefixtures("_vivado_is_here")
def test_new_weights_reach_activity_and_power_and_no_hardware() -> None:
    pipeline = bind(STAGES, spec(ASKED))
    assert {"activity", "power", "vivado"} <= {stage.name for stage in pipeline.stages}
    behind = reached(pipeline, "train")
    assert {"activity", "power", "project", "report"} <= behind
    assert not {"vivado", "csynth", "synth", "emit", "lower", "simulators"} & behind
    assert "power" in reached(pipeline, "vivado")
    assert not {"vivado", "synth", "csynth"} & reached(pipeline, "activity")


def test_asking_changes_no_slice_of_hardware() -> None:
    before, after = spec(TEXT), spec(ASKED)
    assert ASKED != TEXT
    differing = {stage.name for stage in STAGES if before.slice(stage.name) != after.slice(stage.name)}
    assert differing - {"report"} == {"project"}, "the report's slice has the spec's digest"


@pytest.mark.usefixtures("_vivado_is_here")
def test_nothing_is_simulated_unless_asked_for() -> None:
    pipeline = bind(STAGES, spec(TEXT))
    for name in ("activity", "power"):
        assert pipeline.absent[name] == "not asked for (hardware.vivado.activity)"
    assert set(pipeline.stage("project").inputs) == {"hls", "rtl", "design", "vectors", "weights"}


@pytest.mark.usefixtures("_nothing_is_here")
def test_without_vivado_toggles_are_counted_and_a_project_takes_them_along() -> None:
    pipeline = bind(STAGES, spec(ASKED))
    assert {"activity", "activity_record"} <= set(pipeline.stage("project").inputs)
    assert "Vivado is not installed here" in pipeline.absent["power"]
    assert "activity" in pipeline.stage("report").inputs
    assert "power" not in pipeline.stage("report").inputs


@pytest.mark.usefixtures("_vivado_is_here")
def test_power_needs_a_routed_design_of_this_machine() -> None:
    unrouted = ASKED.replace("{activity: true}", "{activity: true, implement: false}")
    assert "implement" in bind(STAGES, spec(unrouted)).absent["power"]
    elsewhere = replace(spec(ASKED), ingested={"vivado": Path("vivado.tar")})
    assert "another machine" in bind(STAGES, elsewhere).absent["power"]


def test_a_board_without_vivado_has_neither() -> None:
    text = (ROOT / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
    absent = bind(STAGES, spec(text)).absent
    assert absent["activity"] == absent["power"] == "the board names no vendor's tools"

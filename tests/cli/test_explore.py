"""`forge explore`: variants are valid specs, the front holds exactly what nothing beats, a choice is synthesised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.cli.cost import Cost
from speckleforge.cli.exploring.front import Reached, beats, front
from speckleforge.cli.exploring.points import Point, default_rates, points, variant
from speckleforge.cli.main import main
from speckleforge.spec import load_spec

SPECS = Path(__file__).parents[2] / "specs"
QUICK = str(SPECS / "quickstart.yaml")


def prediction(lut: int, dsp: int, rate_khz: int, latency_us: int) -> dict[str, Any]:
    counts = {"lut": lut, "ff": 10, "dsp": dsp, "bram": 1}
    resources = {name: {"value": n, "available": 100, "share": n / 100} for name, n in counts.items()}
    return {
        "resources": resources,
        "frame_rate_khz": {"value": float(rate_khz)},
        "latency_us": {"value": float(latency_us)},
        "interval_cycles": {"value": 1000 // rate_khz},
    }


COUNTS = st.integers(1, 4)
REACHED = st.builds(
    lambda bits, lut, dsp, rate, late, number: Reached(
        Point(bits, float(number), "any"), Cost(prediction(lut, dsp, rate, late))
    ),
    st.sampled_from([4, 8]), COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 99),
)  # fmt: skip


@given(st.lists(REACHED, max_size=12))
def test_the_front_is_what_nothing_beats(found: list[Reached]) -> None:
    best = front(found)
    assert not any(beats(a, b) for a in best for b in best)
    for one in found:
        assert any(one.goals == other.goals or beats(other, one) for other in best)


@given(st.lists(REACHED, max_size=8), REACHED)
def test_more_variants_never_bring_a_beaten_one_back(found: list[Reached], more: Reached) -> None:
    goals = {one.goals for one in front(found)}
    assert {one.goals for one in front([*found, more])} <= goals | {more.goals}


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_variant_is_the_spec_but_for_its_point(path: Path) -> None:
    spec = load_spec(path)
    _, other = variant(spec, Point(6, 2.5, "any"))
    assert other.name == f"{spec.name}-w6a6-2p5khz-any"
    assert other.values["hardware"]["frame_rate_khz"] == 2.5
    assert other.values["data"] == spec.values["data"]
    assert [node.name for node in other.topology] == [node.name for node in spec.topology]


def test_rates_around_a_latency() -> None:
    spec = load_spec(QUICK)
    rate_khz = 1000 / spec.values["hardware"]["latency_us"]
    rates = default_rates(spec)
    assert min(rates) < rate_khz < max(rates)
    assert any(abs(rate / rate_khz - 1) < 0.01 for rate in rates)


def test_points_are_every_combination() -> None:
    found = list(points([8, 4], [1.0, 2.0], ["any", "da"]))
    assert len({point.label for point in found}) == len(found) == 8
    assert found[0].rate_khz == 2.0


def test_explore_shows_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explore", QUICK, "--bits", "4,8", "--rates", "1,0.5,1000", "--arithmetic", "any"]
    assert main([*words, "--out", str(tmp_path), "--cache", str(tmp_path / "cache")]) == 0
    out = capsys.readouterr().out
    assert "designs are beaten by no other one" in out
    assert "no design: w4a4-1000khz-any, w8a8-1000khz-any" in out
    folder = tmp_path / "quickstart" / "explore"
    assert (folder / "front.png").read_bytes().startswith(b"\x89PNG")
    rows = {row["label"]: row for row in json.loads((folder / "explore.json").read_text())["variants"]}
    assert rows["w4a4-1khz-any"]["prediction"]["stage"] == "predicted"
    assert rows["w4a4-1000khz-any"]["error"]


def test_an_unknown_variant_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explore", QUICK, "--bits", "4", "--rates", "1", "--arithmetic", "any", "--synthesise", "w5a5-1khz-any"]
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert "no such variant" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--bits", "1"], ["--rates", "0"], ["--arithmetic", "magic"]])
def test_values_that_are_none(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", QUICK, *words]) == 2
    assert "error:" in capsys.readouterr().err

"""`forge plan`, `why`, `verify` and `report`: they tell what is, and build no more than they must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.cli import plan as plan_command
from speckleforge.cli.cost import Cost
from speckleforge.cli.main import main
from speckleforge.graph import build as graph_build
from speckleforge.graph.events import Build, Outcome
from speckleforge.store.ac import Entry

QUICK = str(Path(__file__).parents[2] / "specs" / "quickstart.yaml")
ONE = {"lut": 1200, "ff": 900, "dsp": 12, "bram": 7}
BUSY = {"interval_cycles": 900, "refill_cycles": 34, "resources": ONE}
PREDICTION = {
    "latency_cycles": 5000,
    "interval_cycles": 4000,
    "resources": {name: 2 * value for name, value in ONE.items()},
    "overhead": ONE,
    "layers": [
        {"name": f"conv2d_{n}", "kind": "conv2d", "summary": "2 lanes x 3 x 9 mul", "useful_macs": 0.5, **BUSY}
        for n in (1, 2)
    ],
    "limit": {"what": "link", "name": "input link", "frame_rate_khz": 3.5},
    "needs_clock_mhz": {"at_rates": [{"frame_rate_khz": 5, "rate": "asked", "value": 20.0}]},
    "refill_cycles": {"value": 34},
    "bandwidth": [
        {
            "name": "input link",
            "needed_mbps": 37.5,
            "available_mbps": 0.8,
            "frame_rate_khz": 3.5,
            "enough": False,
            "through": "usb_serial",
        },
        {
            "name": "results",
            "needed_mbps": 1.5,
            "available_mbps": None,
            "frame_rate_khz": None,
            "enough": None,
            "through": "not named by the target",
        },
    ],
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan_command, "predict", lambda spec, store, rows: Cost(PREDICTION))


def test_plan_shows_stages_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", QUICK]) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert "will run" in lines["data"]
    assert "no result for this spec yet" in lines["data"]
    assert "depends on data" in lines["train"]
    assert lines["conv2d_2"] == "conv2d_2   2 lanes x 3 x 9 mul   900  50.0 %   1,200     900      12       7"
    assert lines["board"].split()[1:] == ["24,288", "24,288", "28", "56"]
    assert lines["share"].split()[1] == "9.9"
    assert "latency     5,000 cycles, 200.000 us if the clock of 25 MHz is met" in out
    assert "interval    4,000 cycles, 6.250 kHz at that clock; but the input link limits to 3.500 kHz" in out
    assert "clock       20.0 MHz for 5 kHz (asked)" in out
    assert "refill      34 cycles, once when new weights come into use (conv2d_1 34, conv2d_2 34)" in out
    assert out.splitlines()[-2:] == [
        "input link        37.5        0.8       3.500  short  usb_serial",
        "results            1.5  not known           -         not named by the target",
    ]


def test_plan_shows_the_block_beside_the_core(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    block = {
        "latency_us": {"value": 200.119},
        "added_us": 0.119,
        "stream_cycles": 11,
        "stream_mhz": 250.0,
        "core_cycles": 15,
    }
    regions = {"parts": [], "share_of_one": ONE, "could_hold": [], "larger": ["dense_1"], "shell": "none"}
    record = {**PREDICTION, "block": block, "slr": regions}
    monkeypatch.setattr(plan_command, "predict", lambda spec, store, rows: Cost(record))
    assert main(["plan", QUICK]) == 0
    out = capsys.readouterr().out
    assert "latency     5,000 cycles, 200.000 us if the clock of 25 MHz is met, the core's" in out
    assert "block       200.119 us at most, first beat in to last beat out: the edges add 0.119 us (11 cycles at" in out
    assert "fits no region as a whole; dense_1 alone is larger than one" in out


def test_plan_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--json", "--to", "train", QUICK]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in document["stages"]] == ["data", "train"]
    assert document["prediction"]["latency_cycles"] == 5000


def test_no_design_is_said_and_is_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(plan_command, "predict", lambda spec, store, rows: Cost(error="lut: 30,000 of 24,288"))
    assert main(["plan", QUICK]) == 1
    out, err = capsys.readouterr()
    assert "will run" in out
    assert "no design: lut: 30,000 of 24,288" in err


def test_why_of_a_stage_without_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "data", QUICK]) == 0
    assert "data: run: no result for this spec yet" in capsys.readouterr().out


@pytest.mark.parametrize(("mismatches", "code"), [(0, 0), (3, 1), (None, 1)])
def test_verify_gives_the_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mismatches: int | None, code: int
) -> None:
    record = {"patterns": 32, "engines": ["reference", "rtl"], "mismatches": mismatches}

    def build(spec: Any, store: Any, **options: Any) -> Build:
        assert options["targets"] == ("verify",)
        outputs = {"verification.json": store.cas.put_bytes(json.dumps(record).encode())}
        return Build((Outcome("verify", "run", "", "k", 1.0, entry=Entry("k", "verify", outputs, {})),))

    monkeypatch.setattr(graph_build, "build", build)
    assert main(["verify", QUICK]) == code
    assert f"32 patterns through reference, rtl: {mismatches} mismatches" in capsys.readouterr().out


def test_a_failed_verification_stage_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Build((Outcome("verify", "failed", "no", error=ValueError("x")),))
    monkeypatch.setattr(graph_build, "build", lambda spec, store, **options: failed)
    assert main(["verify", QUICK]) == 1


def test_replicas_take_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "five.yaml"
    path.write_text(Path(QUICK).read_text(encoding="utf-8") + "evaluate: {seeds: 5}\n", encoding="utf-8")
    assert main(["plan", str(path)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "@" in line and "depends on" not in line]
    assert len(lines) == 1
    assert "@1 to @4" in lines[0]
    assert "train, quantize, export, weights and evaluate: 20 depends" in lines[0]
    assert main(["plan", "--json", str(path)]) == 0
    rows = json.loads(capsys.readouterr().out)["stages"]
    assert sum("@" in row["name"] for row in rows) == 20
    assert main(["why", "train@4", str(path)]) == 0
    assert "train@4: depends" in capsys.readouterr().out

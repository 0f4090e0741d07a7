"""`forge build`: what it prints, writes and ends with, for builds of every kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.cli import progress
from speckleforge.cli.main import main
from speckleforge.errors import Problem, StageError
from speckleforge.graph import build as graph_build
from speckleforge.graph.events import Build, Event, Outcome
from speckleforge.store.ac import Entry

QUICK = str(Path(__file__).parents[2] / "specs" / "quickstart.yaml")
ACCURACY = {"integer": {"k5": {"mean": 0.8, "ci95": [0.78, 0.82]}}}


def gate(holds: Any) -> dict[str, Any]:
    return {"name": "accuracy_k5", "rule": "at_least", "limit": 0.7, "value": 0.8, "holds": holds}


def pretend(monkeypatch: pytest.MonkeyPatch, *, holds: Any = True, failed: bool = False, signal: int = 0) -> None:
    """Replace the graph by one that gives a record with one gate, and events."""

    def build(spec: Any, store: Any, **options: Any) -> Build:
        record = {"spec": {"name": spec.name}, "accuracy": ACCURACY, "gates": [gate(holds)]}
        outputs = {
            "record.json": store.cas.put_bytes(json.dumps(record).encode()),
            "weights.bin": store.cas.put_bytes(b"12345"),
        }
        entry = Entry("ab" * 32, "report", outputs, {})
        outcomes = [Outcome("report", "run", "no result yet", entry.key, 0.5, entry=entry)]
        if failed:
            error = StageError(Problem("yosys ended with code 1: ERROR: no", "x.log"))
            outcomes.append(Outcome("synth", "failed", "yosys", error=error, log=Path("logs/synth.log")))
        for outcome in outcomes:
            options["listener"](Event("started", outcome.name, "no result yet"))
            options["listener"](Event("finished", outcome.name, outcome=outcome))
        return Build(tuple(outcomes), signal)

    monkeypatch.setattr(graph_build, "build", build)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_good_build(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pretend(monkeypatch)
    assert main(["build", QUICK]) == 0
    out, err = capsys.readouterr()
    assert "quickstart: built in" in out
    assert "accuracy, integers, 5 shots: 0.800 (95 %: 0.780 to 0.820)" in out
    assert "gate accuracy_k5: 0.8 at least 0.7: holds" in out
    assert "report: runs (no result yet)" in err
    assert "report: done in 0.5 s" in err
    record = json.loads(Path("build/quickstart/report.json").read_text(encoding="utf-8"))
    assert record["stages"][0]["name"] == "report"
    assert record["artifacts"]["weights"]["bytes"] == 5
    assert record["artifacts"]["weights"]["path"] == "build/quickstart/weights.bin"


def test_a_replica_does_not_stand_for_the_build(tmp_path: Path) -> None:
    from speckleforge.cli.record import compose
    from speckleforge.spec import load_spec
    from speckleforge.store.store import Store

    store = Store(tmp_path / "cache")
    made = {name: store.cas.put_bytes(name.encode()) for name in ("weights", "weights@1")}
    entries = {name: Entry("ab" * 32, "weights", {"weights.bin": digest}, {}) for name, digest in made.items()}
    build = Build(tuple(Outcome(name, "run", "", entry=entry) for name, entry in entries.items()))
    record = compose(load_spec(QUICK), store, build, tmp_path / "build")
    assert record["artifacts"]["weights"]["bytes"] == len("weights")
    assert [row["name"] for row in record["stages"]] == ["weights", "weights@1"]


def test_replicas_share_a_row_of_the_display() -> None:
    display = progress.Display(("train", "train@1", "quantize@1", "train@2", "quantize@2"))
    done = Outcome("train@1", "run", "no result yet", wall_s=2.0)
    display(Event("finished", "train@1", outcome=done))
    display.rows["train@2"].state, display.rows["train@2"].line = "runs", "40 % epoch 4"
    rows = dict(display.shown())
    assert list(rows) == ["train", "@1 to @2"]
    assert rows["@1 to @2"].state == "runs"
    assert rows["@1 to @2"].line == "1 of 4 done; train@2: 40 % epoch 4"


def test_a_part_of_a_build_leaves_the_report_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    assert main(["build", "--to", "train", QUICK]) == 0
    assert not Path("build/quickstart/report.json").exists()


@pytest.mark.parametrize(
    ("holds", "words", "code"),
    [(False, [], 4), ("not_established", [], 0), ("not_established", ["--strict"], 4), (True, ["--strict"], 0)],
)
def test_gates_and_exit_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], holds: Any, words: list[str], code: int
) -> None:
    pretend(monkeypatch, holds=holds)
    assert main(["build", *words, QUICK]) == code


def test_a_failed_stage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pretend(monkeypatch, failed=True, holds=False)
    assert main(["build", QUICK]) == 1
    out, err = capsys.readouterr()
    assert "error: synth: x.log: yosys ended with code 1" in err
    assert "log: logs/synth.log" in err
    assert "built in" not in out


@pytest.mark.parametrize("signal", [2, 15])
def test_an_interrupted_build(monkeypatch: pytest.MonkeyPatch, signal: int) -> None:
    pretend(monkeypatch, signal=signal)
    assert main(["build", QUICK]) == 128 + signal


def test_json_is_the_record(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pretend(monkeypatch)
    assert main(["build", "--json", QUICK]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads(Path("build/quickstart/report.json").read_text(encoding="utf-8"))


def test_lines_are_thinned_out() -> None:
    said: list[str] = []
    lines = progress.Lines(said.append)
    lines(Event("started", "train", "no result yet"))
    for second in range(100):
        lines(Event("progress", "train", f"epoch {second}", second / 100))
        lines(Event("alive", "train", elapsed_s=float(second)))
    lines(Event("finished", "train", outcome=Outcome("train", "run", "no result yet", wall_s=100.0)))
    assert said == [
        "train: runs (no result yet)",
        "train: 30.0 s: 30 % epoch 30",
        "train: 1 min 0 s: 60 % epoch 60",
        "train: 1 min 30 s: 90 % epoch 90",
        "train: done in 1 min 40 s",
    ]


def test_a_tool_that_says_nothing_gets_no_percentage() -> None:
    said: list[str] = []
    lines = progress.Lines(said.append)
    lines(Event("alive", "simulators", elapsed_s=31.0))
    lines(Event("progress", "place_route", "nextpnr-ecp5"))
    lines(Event("alive", "place_route", elapsed_s=31.0))
    assert said == ["simulators: 31.0 s: runs", "place_route: 31.0 s: nextpnr-ecp5"]


def test_the_display_appears_only_when_a_stage_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with progress.Display(("data", "train")) as display:
        hit = Outcome("data", "hit", "nothing has changed")
        display(Event("finished", "data", outcome=hit))
        assert display.live is None
        display(Event("started", "train", "epochs: 9 -> 10"))
        display(Event("progress", "train", "epoch 3 of 10", 0.3))
        assert display.live is not None
        from rich.console import Console

        console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
        console.print(display.table())
        text = console.export_text()
    assert "data" in text
    assert "30 % epoch 3 of 10" in text

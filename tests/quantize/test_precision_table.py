"""The table of accuracy over precision is made of the builds' own records, and of no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import precision
from speckleforge.spec import load_spec

SPECS = tuple(Path(__file__).parents[2] / path for path in precision.SPECS)


def mean(value: float, name: str = "mean") -> dict[str, Any]:
    return {name: value, "ci95": [value - 0.01, value + 0.01]}


def write_reports(folder: Path, **changes: Any) -> None:
    for spec, integer in zip(map(load_spec, SPECS), (0.95, 0.94), strict=True):
        accuracy = {
            "data": {"stage": "simulated, photons", "condition": "reference"},
            "protocol": {"repeats": 20},
            "particles": 20,
            "float": {"k1": mean(0.9), "k5": mean(0.96)},
            "integer": {"k1": mean(0.89), "k5": mean(integer)},
            "single_vs_multi": {"integer": {"k5": mean(0.85, "balanced")}},
            "seeds": {"seeds": [0, 1, 2], "integer": {"k5": mean(integer - 0.02)}},
        }
        dsp = {"value": None, "reason": "not synthesised"}
        resources = {"dsp": dsp, "lut": {"value": 9159, "stage": "synthesised"}}
        record = {"spec": {"digest": spec.digest}, "accuracy": accuracy, "hardware": {"resources": resources}}
        (folder / spec.name).mkdir()
        (folder / spec.name / "report.json").write_text(json.dumps({**record, **changes.get(spec.name, {})}))


def run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    monkeypatch.setattr("sys.argv", ["precision", *map(str, SPECS), "--out", str(folder)])
    return precision.main()


def test_every_figure_stands_in_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_reports(tmp_path)
    assert run(monkeypatch, tmp_path) == 0
    about, _, header, rule, *rows = capsys.readouterr().out.splitlines()
    assert about.startswith("simulated, photons; condition `reference`; 20 test particles")
    assert "training seeds 0, 1, 2" in about
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in (header, rule, *rows)]
    assert {len(row) for row in cells} == {len(precision.HEADER)}
    assert cells[2][0:4] == ["float", "", "0.900 [0.890, 0.910]", "0.960 [0.950, 0.970]"]
    pair, seeds = "0.850 [0.840, 0.860]", "0.920 [0.910, 0.930]"
    low = ["W4A4, 4-bit input", "training", "0.890 [0.880, 0.900]", "0.940 [0.930, 0.950]", "-", pair, seeds]
    assert cells[4] == [*low, "-", "9,159 (synthesised)"]
    assert cells[3][:2] == ["W8A8, 4-bit input", "post-training"]


def test_builds_of_another_spec_or_checkpoint_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="not built"):
        run(monkeypatch, tmp_path)
    (tmp_path / "old").mkdir()
    write_reports(tmp_path / "old", kcu1500={"spec": {"digest": "of an older text"}})
    with pytest.raises(SystemExit, match="another version"):
        run(monkeypatch, tmp_path / "old")
    (tmp_path / "other").mkdir()
    write_reports(tmp_path / "other")
    path = tmp_path / "other" / "kcu1500-w4a4" / "report.json"
    path.write_text(path.read_text().replace('"float": {"k1": {"mean": 0.9', '"float": {"k1": {"mean": 0.8'))
    assert run(monkeypatch, tmp_path / "other") == 1
    assert "differ in data, episodes or checkpoint" in capsys.readouterr().err

"""`forge diff`: what a reviewer needs to know of a change."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from speckleforge.cli import diff
from speckleforge.cli.cost import Cost
from speckleforge.cli.main import main

SPECS = Path(__file__).parents[2] / "specs"
KCU = Path(__file__).parents[1] / "spec" / "good.yaml"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(diff, "predict", lambda spec, store: Cost({"latency_cycles": 5 * spec.clock_khz}))
    path = tmp_path / "specs" / "k.yaml"
    path.parent.mkdir()
    path.write_text(KCU.read_text(encoding="utf-8"), encoding="utf-8")
    name = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    for words in (["init", "-q"], ["add", "."], [*name, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_against_a_revision(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(repository, "clock_mhz: 200", "clock_mhz: 190")
    assert main(["diff", "HEAD:specs/k.yaml", "specs/k.yaml"]) == 0
    out = capsys.readouterr().out
    assert "hardware.clock_mhz: 200.0 -> 190.0" in out
    assert "lower: runs again: hardware.clock_khz: 200000 -> 190000" in out
    assert "emit: may run again: if lower gives something else" in out
    assert "train" not in out
    assert "latency cycles" in out


def test_a_stage_that_takes_no_part_any_more(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(SPECS / "quickstart.yaml"), "specs/k.yaml"]) == 0
    out = capsys.readouterr().out
    assert "place_route: absent: no place and route comes with the package for toolchain 'xilinx'" in out
    assert "bitstream: absent: needs place_route" in out


def test_a_new_seed_reaches_no_hardware(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(repository, "temperature: 0.1, seed: 0", "temperature: 0.1, seed: 5")
    assert main(["diff", "--json", "HEAD:specs/k.yaml", "specs/k.yaml"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["values"] == [{"path": "train.seed", "before": "0", "after": "5"}]
    names = [row["stage"] for row in document["stages"]]
    assert names[0] == "train"
    assert not {"lower", "emit", "synth", "simulators"} & set(names)


def test_more_and_fewer_seeds_are_one_line_each(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    five = repository.with_name("five.yaml")
    five.write_text(repository.read_text(encoding="utf-8") + "evaluate: {seeds: 5}\n", encoding="utf-8")
    again = "of train, quantize, export, weights and evaluate"
    assert main(["diff", "specs/k.yaml", "specs/five.yaml"]) == 0
    assert f"  @1 to @4 {again}: runs again: stage: absent -> takes part" in capsys.readouterr().out
    assert main(["diff", "specs/five.yaml", "specs/k.yaml"]) == 0
    assert f"  @1 to @4 {again}: absent: fewer training seeds" in capsys.readouterr().out
    change(five, "temperature: 0.1, seed: 0", "temperature: 0.1, seed: 5")
    assert main(["diff", "--json", "specs/k.yaml", "specs/five.yaml"]) == 0
    names = [row["stage"] for row in json.loads(capsys.readouterr().out)["stages"]]
    assert {"train", "train@4", "seeds"} <= set(names)
    assert not {"lower", "emit", "synth", "simulators"} & set(names)


def test_no_difference(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(repository, "forge: 1", "# a comment\nforge: 1")
    assert main(["diff", "HEAD:specs/k.yaml", "specs/k.yaml"]) == 0
    assert capsys.readouterr().out == "no value differs\n"


def test_mistakes_in_a_revision_name_it(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "HEAD:specs/none.yaml", "specs/k.yaml"]) == 2
    assert "HEAD:specs/none.yaml: no such spec" in capsys.readouterr().err

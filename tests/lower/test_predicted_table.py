"""The table of predictions and what synthesis made of them (`benchmarks/predicted.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import predicted
from speckleforge.spec import load_target
from speckleforge.spec.load import load_spec


def counts(lut: int, ff: int = 1000, dsp: int = 10, bram: int = 0) -> dict[str, int]:
    return {"lut": lut, "ff": ff, "dsp": dsp, "bram": bram, "lutram": 0}


def row(name: str, family: str, guess: dict[str, int], found: dict[str, int]) -> dict[str, Any]:
    error = predicted.errors(guess, found)
    kernel = {"name": "conv2d_1", "kind": "conv2d", "predicted": guess, "obtained": found, "error": error}
    about = {"name": name, "family": family, "target": "board", "interval_cycles": 1950}
    return {**about, "predicted": guess, "obtained": found, "error": error, "kernels": [kernel]}


def test_errors_are_relative_to_what_was_obtained() -> None:
    found = predicted.errors(counts(1100, 900), counts(1000))
    assert found == {"lut": 0.1, "ff": -0.1, "dsp": 0.0, "bram": None}


def test_the_table_shows_each_core_and_the_spread() -> None:
    rows = [
        row("a", "ecp5", counts(1100), counts(1000)),
        row("b", "ecp5", counts(1000), counts(2000)),
        row("c", "ecp5", counts(1300), counts(1000)),
        row("d", "ultrascale", counts(150), counts(100)),
    ]
    lines = predicted.table(rows).splitlines()
    assert "| a | board | 1,950 | 1,100 / 1,000 (+10 %) | 1,000 / 1,000 (+0 %) | 10 / 10 (+0 %) | 0 / 0 |" in lines
    assert "| cores, ecp5 | 3 | 30 % / 50 % | 0 % / 0 % | 0 % / 0 % | - |" in lines
    assert any(line.startswith("| kernels, ultrascale | 1 | - | 0 % / 0 % ") for line in lines), "100 LUT are too few"


def test_the_page_is_renewed_between_its_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, record = tmp_path / "page.md", tmp_path / "rows.json"
    page.write_text(f"before\n{predicted.BEGIN}\nold\n{predicted.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(predicted, "PAGE", page)
    monkeypatch.setattr(predicted, "RECORD", record)
    rows = {name: row(name, "ecp5", counts(1100), counts(1000)) for name in ("small", "quickstart")}
    for _ in range(2):
        predicted.write(rows)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{predicted.BEGIN}\n\n| core |")
    assert text.endswith(f"{predicted.END}\nafter\n")
    assert "old" not in text
    assert [row["name"] for row in json.loads(record.read_text(encoding="utf-8"))] == ["quickstart", "small"]
    assert predicted.known_rows()[0]["predicted"] == counts(1100)


def test_configurations_name_specs_and_boards() -> None:
    names = [item.name for item in predicted.CONFIGURATIONS]
    assert len(set(names)) == len(names) >= 12
    families = set()
    for item in predicted.CONFIGURATIONS:
        spec = load_spec(predicted.REPOSITORY / "specs" / f"{item.spec}.yaml")
        families.add(load_target(item.target or spec.target.name).family)
        assert set(item.hardware) <= {*spec.slice("lower")["hardware"], "latency_us", "frame_rate_khz", "arithmetic"}
    assert families == {"ecp5", "ultrascale"}


def test_the_page_says_what_the_record_says() -> None:
    text = predicted.PAGE.read_text(encoding="utf-8")
    _, _, rest = text.partition(predicted.BEGIN)
    inside, _, _ = rest.partition(predicted.END)
    rows = predicted.known_rows()
    assert inside.strip() == (predicted.table(rows).strip() if rows else "")

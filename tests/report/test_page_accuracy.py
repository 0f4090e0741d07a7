"""The accuracy section: what a beamline scientist asks for, each with its interval, stage and condition."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.cli.record import summary
from speckleforge.report import stage
from speckleforge.report.page import page
from speckleforge.spec import load_spec
from tests.report import records

SPECS = Path(__file__).parents[2] / "specs"


def found() -> dict[str, Any]:
    """As the stage reads them: files sort their keys by name."""
    results = {"accuracy": records.accuracy(), "training": records.training(), "seeds": records.seeds()}
    read: dict[str, Any] = json.loads(json.dumps(results, sort_keys=True))
    return read


def built(results: dict[str, Any]) -> dict[str, Any]:
    return stage.build_record(load_spec(SPECS / "quickstart.yaml").slice("report"), results)


def section(text: str, title: str) -> str:
    """The lines below a heading, up to the next of its kind."""
    start = text.index(title)
    return re.split(r"\n##", text[start:])[0]


def test_the_table_of_shots() -> None:
    lines = section(page(built(found())), "## Accuracy").splitlines()
    header = next(line for line in lines if line.startswith("| shots"))
    names = ("float", "integers, prototypes", "integers, nearest support", "baseline")
    assert [header.index(name) for name in names] == sorted(header.index(name) for name in names)
    row = next(line for line in lines if line.startswith("| 5 |"))
    assert "0.916 (0.904 to 0.928) | 0.912 (0.900 to 0.924) | 0.880 (0.868 to 0.892) | 0.720" in row
    assert [line.split("|")[1].strip() for line in lines if re.match(r"\| \d+ \|", line)] == ["1", "5", "10", "20"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("### Single against multi", "| 5 | 0.836 (0.816 to 0.856) | 0.830 (0.810 to 0.850) |"),
        ("### Over 3 trainings", "| integers, prototypes | 0.905 (0.887 to 0.923) | 0.0060 | 0.912, 0.901, 0.902 |"),
        ("### Over 3 trainings", "margin over the baseline"),
        ("### Veto, 5 shots", "Declared shares of the frames, not measured: background 90.0 %"),
        ("### Veto, 5 shots", "| 95.0 % | 0.6"),
        ("### Accuracy over photons", "| 6.2 % | 250 |"),
        ("### Accuracy over missing detector area", "| 51.0 % | 0.770 (0.758 to 0.782) |"),
        ("### Where these figures apply", "| single | 2,100 to 7,000 | 2,100 to 7,000 | 11.0 % |"),
        ("### Where these figures apply", "Fluence of a pulse relative to the mean, 5 to 95 %: 0.31 to 1.80"),
        ("### Boot image's own prototypes", "| single | 0 | 332 | 64 | 4 | 5 |"),
    ],
)
def test_every_section_has_its_figures_stage_and_condition(title: str, words: str) -> None:
    text = section(page(built(found())), title)
    assert words in text
    assert "simulated, photons, condition `reference`" in text.splitlines()[0]


def test_lines_outside_of_tables_name_stage_and_condition() -> None:
    text = section(page(built(found())), "## Accuracy")
    for words in ("Worst tenth of the particles at 5 shots", "Decided right of each class", "Margin over the baseline"):
        line = next(line for line in text.splitlines() if words in line)
        assert "simulated, photons, condition `reference`" in line


def test_classes_stand_in_the_order_of_their_labels() -> None:
    text = page(built(found()))
    assert "background 1.000, single 0.832, multi 0.862, non_sample 0.942" in text
    for title in ("### Boot image's own", "### Where these figures apply"):
        rows = [line.split("|")[1].strip() for line in section(text, title).splitlines() if line.startswith("| ")]
        assert rows[1:] == list(records.CLASSES)


def test_what_was_left_out_has_its_reason() -> None:
    results = found()
    results["accuracy"]["protocol"]["left_out"] = [{"shots": 20, "reason": "a class of a particle has 16 patterns"}]
    assert "20 shots are left out: a class of a particle has 16 patterns." in page(built(results))


def test_without_episodes_every_section_says_why() -> None:
    results = found()
    names = ("integer", "float", "single_vs_multi", "baseline", "veto", "over_photons", "over_missing_area")
    results["accuracy"] |= {name: {"reason": "too few patterns"} for name in names}
    results["accuracy"]["protocol"] = {"shots": [], "headline_shots": None, "left_out": []}
    del results["seeds"]
    text = page(built(results))
    for words in ("integer: too few patterns.", "Single against multi: too few patterns.", "photons: too few patterns"):
        assert words in text
    assert "nan" not in text.lower().replace("nanometre", "")


def test_one_seed_says_so() -> None:
    results = found()
    del results["seeds"]
    record = built(results)
    assert record["accuracy"]["seeds"]["reason"]
    assert "one training seed" in page(record)


def test_the_record_keeps_its_keys_and_leaves_particles_out() -> None:
    record = built(found())
    assert record["accuracy"]["float"]["k5"]["mean"] == 0.916
    assert record["accuracy"]["integer"]["k5"]["ci95"] == [0.9, 0.924]
    assert record["accuracy"]["single_vs_multi"]["balanced"] == 0.83
    assert "per_particle" not in record["accuracy"]


def test_pictures_are_linked_from_where_they_lie(tmp_path: Path) -> None:
    inputs = {"accuracy": tmp_path / "accuracy.json"}
    inputs["accuracy"].write_text(json.dumps(records.accuracy()), encoding="utf-8")
    for role in ("figures", "gallery"):
        inputs[role] = tmp_path / role
        inputs[role].mkdir()
        listed = [{"file": f"{role}_1.png", "caption": f"What {role} show."}]
        (inputs[role] / f"{role}.json").write_text(json.dumps(listed), encoding="utf-8")
    (tmp_path / "out").mkdir()
    stage.run(StageContext(load_spec(SPECS / "quickstart.yaml").slice("report"), inputs, tmp_path / "out", tmp_path))
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "![What figures show.](figures/figures_1.png)" in text
    assert "![What gallery show.](gallery/gallery_1.png)" in text
    record = json.loads((tmp_path / "out" / "record.json").read_text(encoding="utf-8"))
    assert [picture["path"] for picture in record["figures"]] == ["gallery/gallery_1.png", "figures/figures_1.png"]


def test_the_terminal_gets_a_few_lines() -> None:
    lines = list(summary({"accuracy": built(found())["accuracy"]}))
    assert lines == [
        "accuracy, integers, 5 shots: 0.912 (95 %: 0.900 to 0.924); simulated, photons, condition reference",
        "above the intensity baseline by 0.192 (95 %: 0.180 to 0.204)",
        "single against multi: 0.830 (95 %: 0.810 to 0.850)",
        "over 3 trainings: 0.905 (95 %: 0.887 to 0.923)",
    ]


def test_new_gates_are_judged_on_the_integers() -> None:
    params = load_spec(SPECS / "quickstart.yaml").slice("report")
    params["gates"] = {
        "single_vs_multi": {"shots": 5, "at_least": 0.8},
        "baseline_margin": {"shots": 5, "at_least": 0.25},
    }
    text = page(stage.build_record(params, found()))
    assert "| single_vs_multi_k5 | at least 0.8 | 0.83 | holds |" in text
    assert "| baseline_margin_k5 | at least 0.25 | 0.192 | **does not hold** |" in text

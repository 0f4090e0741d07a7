"""Figures: every record that is there is drawn, the same bytes each time, whatever the machine's settings are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.report import records

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from speckleforge.artifacts.context import StageContext
from speckleforge.report.figures import decisions, draw, history, robustness, shots, stage, style

ROOT = Path(__file__).parents[3]
NAMES = [
    "accuracy_over_shots",
    "confusion",
    "veto",
    "accuracy_over_photons",
    "accuracy_over_missing_area",
    "training_history",
]
SCRIPT = """
import sys
from pathlib import Path
from tests.report.figures.test_figures import make
make(Path(sys.argv[1]))
"""


def found(**changed: Any) -> dict[str, Any]:
    """As the stage reads them: files sort their keys by name."""
    results = {
        "accuracy": records.accuracy(),
        "training": records.training(),
        "quantisation": {"method": "post_training"},
        "seeds": records.seeds(),
        **changed,
    }
    read: dict[str, Any] = json.loads(json.dumps(results, sort_keys=True))
    return read


def make(folder: Path) -> Path:
    """Run the stage below `folder`; gives the folder that it wrote."""
    for name in ("in", "out", "scratch"):
        (folder / name).mkdir(parents=True)
    inputs = {role: folder / "in" / f"{role}.json" for role in found()}
    for role, path in inputs.items():
        path.write_text(json.dumps(found()[role]), encoding="utf-8")
    params = {"name": "kcu1500", "classes": list(records.CLASSES)}
    stage.run(StageContext(params, inputs, folder / "out", folder / "scratch"))
    return folder / "out" / "figures"


def texts(figure: Figure) -> str:
    """All that a figure says."""
    labels = [text.get_text() for text in figure.findobj() if hasattr(text, "get_text")]
    return "\n".join(labels)


def drawing(module: Any, record: dict[str, Any], name: str = "draw") -> Any:
    return getattr(module, name)(record, "kcu1500", records.CLASSES)


def test_the_stage_writes_every_figure_and_their_list(tmp_path: Path) -> None:
    folder = make(tmp_path)
    listed = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert [item["file"] for item in listed] == [f"{name}.png" for name in NAMES]
    assert all(item["caption"].endswith(".") for item in listed)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*[f"{n}.png" for n in NAMES], "figures.json"])


def test_bytes_repeat_whatever_the_users_settings(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = home / ".config" / "matplotlib"
    settings.mkdir(parents=True)
    (settings / "matplotlibrc").write_text("axes.facecolor: red\nfont.size: 30\n", encoding="utf-8")
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"}
    environment.pop("MPLCONFIGDIR", None)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "other")]
    subprocess.run(command, cwd=settings, env=environment, check=True)
    first, other = make(tmp_path / "first"), tmp_path / "other" / "out" / "figures"
    for path in first.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def test_no_time_and_no_version_is_in_a_file(tmp_path: Path) -> None:
    for path in make(tmp_path).glob("*.png"):
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG")
        for chunk in (b"tEXt", b"tIME", b"iTXt", b"matplotlib"):
            assert chunk not in content


def test_every_figure_says_where_its_data_come_from() -> None:
    for item in draw.drawings(found(), "kcu1500", records.CLASSES, lambda done, message: None):
        assert "simulated, photons, condition reference" in texts(item.figure), item.name
        assert all(axes.get_xlabel() and (axes.get_ylabel() or axes.get_yticklabels()) for axes in item.figure.axes)


def test_files_have_no_condition() -> None:
    record = records.accuracy()
    record["data"] = {"stage": "hdf5", "source": "hdf5", "unit": "photons"}
    text = texts(drawing(shots, found(accuracy=record)).figure)
    assert "hdf5" in text
    assert "condition" not in text


def test_seeds_are_a_line_of_their_own() -> None:
    assert "integers, mean of 3 trainings" in texts(drawing(shots, found()).figure)
    record = found()
    del record["seeds"]
    assert "trainings" not in texts(drawing(shots, record).figure)


def test_classes_stand_in_the_order_of_their_labels() -> None:
    for axes in drawing(decisions, found(), "draw_confusion").figure.axes:
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert names == ["background", "single", "multi", "non-sample"]
        assert axes.images[0].get_array()[1, 1] > 0.8, "single is decided as single"


def test_the_points_of_the_veto_follow_the_priors() -> None:
    veto = records.veto()
    point = veto["at"]["0.95"]
    rest = decisions.rest_kept(point, veto["priors"])
    single = veto["priors"]["single"]
    assert single * point["kept_single"] + (1 - single) * rest == pytest.approx(point["kept_of_all"])
    text = texts(drawing(decisions, found(), "draw_veto").figure)
    assert f"purity {point['purity']:.2f}" in text
    assert "declared, not measured" in text


def test_low_bit_training_is_drawn_beside_the_float_training() -> None:
    low = {**records.training(), "method": "training"}
    text = texts(drawing(history, found(quantisation=low)).figure)
    assert "low-bit training" in text
    assert "chosen: epoch 9" in text


@pytest.mark.parametrize("lost", ["single_vs_multi", "confusion", "veto", "over_photons", "over_missing_area"])
def test_what_a_record_does_not_have_is_left_out(lost: str) -> None:
    record = records.accuracy()
    record[lost] = {"reason": "not both classes"}
    names = [item.name for item in draw.drawings(found(accuracy=record), "k", records.CLASSES, lambda d, m: None)]
    gone = {"confusion": "confusion", "veto": "veto"}.get(lost, f"accuracy_{lost}")
    assert names == [name for name in NAMES if name != gone]


def test_words_that_are_no_photons_have_no_thinning() -> None:
    record = records.accuracy()
    record["over_photons"]["thinning"] = {"value": None, "reason": "words are no photons"}
    figure = drawing(robustness, found(accuracy=record), "draw_photons").figure
    assert len(figure.axes) == 1
    record["over_photons"] = {"value": None, "reason": "words are no photons"}
    assert drawing(robustness, found(accuracy=record), "draw_photons") is None


def test_without_a_history_there_is_nothing_to_draw() -> None:
    assert drawing(history, found(training={"history": [], "best_epoch": None})) is None


def test_intervals_become_lengths() -> None:
    below, above = style.whiskers([0.5, 0.75], [[0.25, 0.625], [0.75, 1.0]])
    assert below == [0.25, 0.0]
    assert above == [0.125, 0.25]

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import read_dataset
from speckleforge.artifacts.episodes import asked, episodes
from speckleforge.artifacts.fewshot import accuracy_of, likeness
from speckleforge.errors import FormatError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.evaluate import run
from speckleforge.verify.evaluation.decisions import confusion
from tests.datasets import CLASSES, write_dataset
from tests.layers.executions import build_emulator
from tests.networks import random_parameters, topology

LAYERS = [
    ("conv2d", {"filters": 2, "kernel": 3}),
    ("relu", {}),
    ("flatten", {}),
    ("dense", {"units": 6}),
    ("head", {"prototypes": 4}),
]
NETWORK = topology(LAYERS, TensorType(unsigned(8), (1, 9, 9)))
PRIORS = {"background": 0.7, "single": 0.1, "multi": 0.1, "non_sample": 0.1}


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulators")
    build_emulator(NETWORK, folder)
    return folder


def context(folder: Path, simulators: Path, **data: int) -> StageContext:
    dataset = write_dataset(folder / "dataset", 9, 9, **data)
    (folder / "weights.bin").write_bytes(build_image(layout_of(NETWORK), random_parameters(NETWORK, 6).values))
    rows = read_dataset(dataset).indices("test")
    np.save(folder / "floats.npy", np.eye(4, dtype=np.float32)[read_dataset(dataset).label[rows]])
    (folder / "out").mkdir()
    inputs = {
        "dataset": dataset,
        "simulators": simulators,
        "weights": folder / "weights.bin",
        "floats": folder / "floats.npy",
    }
    params = {"shots": [1, 2, 50], "classes": CLASSES, "priors": PRIORS}
    told: list[float] = []
    return StageContext(params, inputs, folder / "out", folder, lambda done, message: told.append(done))


@pytest.fixture
def ctx(tmp_path: Path, simulators: Path) -> StageContext:
    return context(tmp_path, simulators)


def record(ctx: StageContext) -> dict:
    run(ctx)
    return json.loads((ctx.out / "accuracy.json").read_text())


def test_the_record_is_of_the_references_integers(ctx: StageContext) -> None:
    found = record(ctx)
    assert set(found["integer"]) == {"k1", "k2"}
    assert found["float"]["k2"]["mean"] == 1.0, "the float embeddings are perfect"
    assert 0 <= found["single_vs_multi"]["balanced"] <= 1
    data = read_dataset(ctx.inputs["dataset"])
    rows = data.indices("test")
    values = run_topology(NETWORK, np.asarray(data.photons[rows])[:, None], random_parameters(NETWORK, 6).values)
    drawn = episodes(data.label[rows], data.particle[rows], 2, 0, classes=4)
    expected = accuracy_of(likeness(values["dense_3"], drawn, bits=8), asked(drawn), 0)
    assert {key: found["integer"]["k2"][key] for key in expected} == expected
    decided, keep = values["head_4"][:, 4], values["head_4"][:, 7]
    assert found["head"]["confusion"] == confusion(data.label[rows], decided, CLASSES)
    assert found["confusion"]["boot_image"] == found["head"]["confusion"]
    assert found["head"]["veto"]["kept_of_all"] == pytest.approx(keep.mean(), abs=1e-6)
    assert found["saturated"]["conv2d_0"] == pytest.approx((values["conv2d_0"] == 255).mean(), abs=1e-6)
    extremes = (values["dense_3"] == 127) | (values["dense_3"] == -128)
    assert found["saturated"]["dense_3"] == pytest.approx(extremes.mean(), abs=1e-6)
    assert found["patterns"] == len(rows)


def test_every_section_says_where_its_data_come_from(ctx: StageContext) -> None:
    found = record(ctx)
    sections = ("single_vs_multi", "baseline", "veto", "over_photons", "over_missing_area", "applicability", "head")
    for section in (*(found[name] for name in sections), *found["integer"].values(), *found["float"].values()):
        assert section["stage"] == "test"
        assert "reason" not in section
    assert found["data"] == {"source": "test", "condition": "none", "stage": "test", "unit": "photons"}


def test_what_is_left_out_has_a_reason_and_what_is_there_has_all_shots(ctx: StageContext) -> None:
    found = record(ctx)
    assert [item["shots"] for item in found["protocol"]["left_out"]] == [50]
    assert "4 test patterns" in found["protocol"]["left_out"][0]["reason"]
    assert found["protocol"]["headline_shots"] == 2
    assert set(found["per_particle"]["integer"]) == set(found["baseline"]["margins"]) == {"k1", "k2"}
    mean = np.mean(found["per_particle"]["integer"]["k2"])
    assert found["integer"]["k2"]["mean"] == pytest.approx(mean, abs=1e-6)
    difference = mean - np.mean(found["per_particle"]["baseline"]["k2"])
    assert found["baseline"]["margin"]["mean"] == pytest.approx(difference, abs=2e-6)


def test_the_unchanged_point_of_a_sweep_is_the_headline(ctx: StageContext) -> None:
    found = record(ctx)
    whole, none_missing = found["over_photons"]["thinning"][0], found["over_missing_area"]["points"][0]
    top = {key: found["integer"]["k2"][key] for key in ("mean", "ci95", "worst_decile")}
    assert whole["accuracy"] == none_missing["accuracy"] == top
    photons = [point["mean_photons"] for point in found["over_photons"]["thinning"]]
    assert photons == sorted(photons, reverse=True)


def test_too_few_patterns_give_reasons_and_no_figure(tmp_path: Path, simulators: Path) -> None:
    found = record(context(tmp_path, simulators, patterns=1))
    assert "too few patterns" in found["integer"]["reason"]
    assert "too few patterns" in found["baseline"]["reason"]
    assert found["head"]["confusion"]["single"]
    assert found["protocol"]["shots"] == []


def test_the_same_inputs_give_the_same_bytes(ctx: StageContext) -> None:
    record(ctx)
    first = (ctx.out / "accuracy.json").read_bytes()
    run(ctx)
    assert (ctx.out / "accuracy.json").read_bytes() == first


def test_every_pattern_is_in_the_confusion_matrix_once() -> None:
    labels, decided = np.array([0, 0, 1, 3]), np.array([0, -1, 1, 2])
    table = confusion(labels, decided, CLASSES)
    assert sum(sum(row.values()) for row in table.values()) == 4
    assert table["background"] == {"background": 1, "single": 0, "multi": 0, "non_sample": 0, "unknown": 1}


def test_weights_of_another_layout_are_refused(ctx: StageContext) -> None:
    other = topology([*LAYERS[:3], ("dense", {"units": 5}), LAYERS[4]], TensorType(unsigned(8), (1, 9, 9)))
    ctx.inputs["weights"].write_bytes(build_image(layout_of(other), random_parameters(other).values))
    with pytest.raises(FormatError, match="image of another layout"):
        run(ctx)


def test_embeddings_of_other_patterns_are_refused(ctx: StageContext) -> None:
    np.save(ctx.inputs["floats"], np.zeros((3, 6), np.float32))
    with pytest.raises(FormatError, match="not of this data set"):
        run(ctx)


def test_an_empty_test_split_is_refused(ctx: StageContext, tmp_path: Path) -> None:
    ctx.inputs["dataset"] = write_dataset(tmp_path / "other", 9, 9, splits=(0, 1))  # type: ignore[index]
    with pytest.raises(FormatError, match="no test patterns"):
        run(ctx)

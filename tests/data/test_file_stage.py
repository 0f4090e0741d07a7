"""From a spec on recorded files to a data set: the whole way through spec, sources, preprocess and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.data import stage
from speckleforge.errors import FormatError
from speckleforge.spec import load_spec
from tests.data.files.makers import write_hdf5

SPEC = """
forge: 1
name: recorded
preprocess:
{steps}
model:
  input: [1, 8, 10]
  latent: 4
  layers: [flatten, dense: {{units: latent}}]
  head: {{prototypes: 3}}
data:
  source: hdf5
  classes: [background, single, multi]
  files: [run*.h5]
  units: {units}
  labels: {{dataset: labels}}
  class_map: {{1: single, 2: multi, 9: background}}
  exclude: {{3: undecoded}}
  split: {{by: run, validate: 0.2, test: 0.2}}
precision: {{input: 4, weights: 8, activations: 8}}
hardware: {{target: ulx3s-25f, clock_mhz: 25, latency_us: 300}}
"""
COMPAND = "  - compand: {rule: sqrt, gain: 2, bits: 4, from_bits: 6}"
SHAPE = (20, 24)
PEDESTAL = np.random.default_rng(8).uniform(400, 500, SHAPE).astype(np.float32)
MASK = (np.random.default_rng(9).random(SHAPE) > 0.02).astype(np.uint8)
CODES = np.tile([1, 2, 9, 3], 6)


def truth(run: int) -> Any:
    """Whole photons [24, 20, 24]: few in background; some pixels are beyond six bits after the bin."""
    rng = np.random.default_rng(run)
    photons = rng.poisson(np.where(CODES == 9, 0.05, 0.3)[:, None, None], (24, *SHAPE))
    photons[:, 10, 12] += 80
    return photons


def dataset(folder: Path, steps: list[str], units: str, frames: Any) -> tuple[Dataset, dict[str, Any]]:
    """Five runs of `frames(run)` through the data stage of a spec with these steps."""
    for run in range(5):
        write_hdf5(folder / f"run{run}.h5", photons=frames(run), labels=CODES)
    np.save(folder / "pedestal.npy", PEDESTAL)
    np.save(folder / "mask.npy", MASK)
    path = folder / "s.yaml"
    path.write_text(SPEC.format(steps="\n".join([*steps, COMPAND]), units=units), encoding="utf-8")
    spec = load_spec(path)
    for name in ("out", "scratch"):
        (folder / name).mkdir()
    ctx = StageContext(spec.slice("data"), spec.files("data"), folder / "out", folder / "scratch")
    stage.run(ctx)
    return read_dataset(ctx.out / "dataset"), json.loads((ctx.out / "dataset" / "dataset.json").read_text())


GEOMETRY = ["  - crop: {rows: 16, columns: 20}", "  - bin: 2"]


def expected_words(photons: Any) -> Any:
    kept = photons[CODES != 3][:, 2:18, 2:22]
    return np.minimum(kept.reshape(18, 8, 2, 10, 2).sum(axis=(2, 4)), 63)


def test_photons_of_files_become_words(tmp_path: Path) -> None:
    data, record = dataset(tmp_path, GEOMETRY, "photons", truth)
    assert np.array_equal(data.photons, np.concatenate([expected_words(truth(run)) for run in range(5)]))
    assert data.photons.dtype == np.uint8
    assert np.array_equal(data.label, np.tile([1, 2, 0], 30))
    assert [len(data.indices(name)) for name in ("train", "validate", "test")] == [54, 18, 18]
    assert (data.q.shape, data.q_units) == ((8, 10), "pixel")
    assert data.attributes["units"] == "photons"
    assert list(data.attributes["classes"]) == ["background", "single", "multi"]
    cell = record["splits"]["train"]["single"]
    assert (cell["patterns"], cell["clipped_pixels"]) == (18, 18), "one pixel of each pattern saturates"
    assert cell["saturated_pixel_fraction"] == pytest.approx(1 / 80)
    assert (cell["saturated_pattern_fraction"], cell["mean_expected_photons"]) == (1.0, None)
    assert record["range_of_use"]["saturated_pixel_fraction"] == pytest.approx(1 / 80)
    assert record["range_of_use"]["relative_fluence"] is None
    assert record["physics"]["excluded"] == {"3: undecoded": 30}
    assert record["physics"]["split"] == {"by": "run", "groups": {"train": 3, "validate": 1, "test": 1}}
    assert (record["units"], record["frame"], record["source"]) == ("photons", [20, 24], "hdf5")


def raw(run: int) -> Any:
    """What the detector gives: 50 ADU a photon on its pedestal, and a dead pixel where the mask says so."""
    return np.where(MASK, np.rint(50 * truth(run) + PEDESTAL), 60_000).astype(np.uint16)


def test_raw_frames_are_calibrated(tmp_path: Path) -> None:
    steps = ["  - pedestal: {file: pedestal.npy}", "  - mask: {file: mask.npy}", "  - gain: {adu_per_photon: 50}"]
    data, record = dataset(tmp_path, [*steps, "  - photonise: {}", *GEOMETRY], "raw_adu", raw)
    assert np.array_equal(data.photons, np.concatenate([expected_words(truth(run) * MASK) for run in range(5)]))
    assert record["units"] == "photons"


def test_maps_of_the_fabric_lie_beside_the_words(tmp_path: Path) -> None:
    fabric = ["  - pedestal: {file: pedestal.npy, place: fabric}", "  - mask: {file: mask.npy, place: fabric}"]
    data, record = dataset(tmp_path, [*GEOMETRY, *fabric], "raw_adu", lambda run: np.full((24, *SHAPE), run, np.uint16))
    good = MASK[2:18, 2:22].reshape(8, 2, 10, 2).min(axis=(1, 3))
    assert np.array_equal(data.calibration["mask"], good)
    assert (data.calibration["pedestal"] == 63).all(), "four pixels of 400 ADU are beyond a word of six bits"
    assert record["units"] == "ADU"
    assert data.photons.max() == 16


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        dataset(tmp_path / name, GEOMETRY, "photons", truth)
    for name in ("dataset.h5", "dataset.json"):
        first, second = ((tmp_path / run / "out" / "dataset" / name).read_bytes() for run in ("a", "b"))
        assert first == second


def test_frames_that_do_not_fit_the_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"do not fit the network(.|\n)*10x12 from frames of 20x24(.|\n)*8x10"):
        dataset(tmp_path, ["  - bin: 2"], "photons", truth)


def test_a_class_that_a_split_does_not_show_is_named(tmp_path: Path) -> None:
    for run in range(5):
        codes = CODES if run == 0 else np.where(CODES == 9, 1, CODES)
        write_hdf5(tmp_path / f"run{run}.h5", photons=truth(run), labels=codes)
    path = tmp_path / "s.yaml"
    path.write_text(SPEC.format(steps="\n".join([*GEOMETRY, COMPAND]), units="photons"), encoding="utf-8")
    spec = load_spec(path)
    (tmp_path / "out").mkdir()
    with pytest.raises(FormatError, match=r"a class has no pattern in a split(.|\n)*background in "):
        stage.run(StageContext(spec.slice("data"), spec.files("data"), tmp_path / "out", tmp_path))

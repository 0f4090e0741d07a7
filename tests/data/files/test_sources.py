"""Files of each kind give the frames and labels that were put into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from speckleforge.data.files.cxi import cxi_mask, cxi_scattering_vector
from speckleforge.data.files.hdf5 import hdf5_frames
from speckleforge.data.files.source import FileSource
from speckleforge.errors import FormatError
from tests.data.files.makers import CODES, by_run, open_files, photons, run_files, skopi_files, write_hdf5

SPI = Path(__file__).parents[4] / "shared" / "spi"


def columns(source: FileSource, size: int = 7) -> dict[str, Any]:
    chunks = list(source.chunks(size))
    assert all(0 < len(chunk) <= size for chunk in chunks)
    return {name: np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in vars(chunks[0])}


def test_skopi_files_say_what_they_are_by_their_names(tmp_path: Path) -> None:
    files = skopi_files(tmp_path)
    source = open_files(files)
    found = columns(source)
    assert (source.count, source.frame_shape, source.units) == (60, (6, 8), "photons")
    assert np.array_equal(found["frames"], np.concatenate([photons(5, n) for n in range(12)]))
    assert np.array_equal(found["hits"], np.tile(np.repeat([1, 2, 3], 5), 4))
    assert np.array_equal(found["label"], found["hits"] > 1)
    assert np.array_equal(found["particle"], np.repeat(np.arange(4), 15)), "1, 2 and 3 of one PDB are one particle"
    assert np.isfinite(found["orientation"][found["hits"] == 1]).all()
    assert np.isnan(found["orientation"][found["hits"] > 1]).all(), "several particles have no one orientation"
    assert np.allclose(np.linalg.norm(found["orientation"][found["hits"] == 1], axis=1), 1)
    with h5py.File(files[0]) as file:
        assert np.array_equal(found["orientation"][:5], file["orientations"][:, 0])


@pytest.mark.parametrize("size", [1, 4, 100])
def test_nothing_depends_on_the_chunk(tmp_path: Path, size: int) -> None:
    files = run_files(tmp_path)
    table = tmp_path / "labels.csv"
    table.write_text(table.read_text().replace(",9,r", ",3,r"))
    source = by_run(files, classes=["single", "multi"], class_map={"1": "single", "2": "multi"})
    whole, parts = (columns(source, number) for number in (7, size))
    assert len(whole["label"]) == 32, "code 3 is excluded"
    for name, values in whole.items():
        assert np.array_equal(values, parts[name], equal_nan=values.dtype.kind == "f"), name


def test_tables_datasets_and_arrays_agree(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    codes = np.tile([1, 2, 9], 16)
    np.save(tmp_path / "labels.npy", codes)
    np.savez(tmp_path / "labels.npz", label=codes.astype(float), run=np.repeat(np.arange(4), 12))
    table = columns(by_run(files))
    assert np.array_equal(table["label"], np.tile([1, 2, 0], 16))
    for labels in ({"dataset": "labels"}, {"file": "labels.npy"}, {"file": "labels.npz"}):
        other = columns(by_run(files, labels=labels))
        for name in ("frames", "label", "hits"):
            assert np.array_equal(table[name], other[name]), labels
    assert np.array_equal(table["hits"], np.tile([1, -1, 0], 16)), "how many are in a multi-hit is not known"
    assert np.array_equal(table["particle"], np.where(table["label"] == 0, -1, np.repeat(np.arange(4), 12)))


def test_labels_may_be_the_names_of_classes(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    np.save(tmp_path / "labels.npy", np.array(["single", "multi", "background"] * 16))
    found = columns(by_run(files, labels={"file": "labels.npy"}, class_map={}, exclude={}))
    assert np.array_equal(found["label"], np.tile([1, 2, 0], 16))


@pytest.mark.parametrize("kind", ["npy", "npz", "compressed"])
def test_npy_and_npz_are_streamed(tmp_path: Path, kind: str) -> None:
    frames, codes = photons(30), np.array([1, 2, 3] * 10)
    path = tmp_path / ("frames.npy" if kind == "npy" else "frames.npz")
    if kind == "npy":
        np.save(path, frames)
    else:
        (np.savez if kind == "npz" else np.savez_compressed)(path, other=np.zeros(3), photons=frames)
    np.savez(tmp_path / "labels.npz", label=codes, particle=np.repeat([7, 8, 9], 10))
    labels = {"labels": {"file": "labels.npz"}, "class_map": CODES, "exclude": {"3": "undecoded"}}
    source = open_files([path], source="npy", **labels)
    found = columns(source, 4)
    assert np.array_equal(found["frames"], frames[codes != 3])
    assert source.record()["excluded"] == {"3: undecoded": 10}


def test_a_cxi_file_knows_its_mask_and_geometry(tmp_path: Path) -> None:
    flags = np.zeros((6, 8), np.uint32)
    flags[0, 0], flags[1, 1], flags[2, 2] = 0x8, 0x10000, 0x10001  # dead; has signal; both
    detector = "entry_1__instrument_1__detector_1"
    geometry = {f"{detector}__distance": 0.5, f"{detector}__x_pixel_size": 75e-6, f"{detector}__y_pixel_size": 75e-6}
    energy = {"entry_1__instrument_1__source_1__energy": 1.986445857e-25 / 1e-9}  # 1 nm
    frames = {"entry_1__data_1__data": photons(9), "entry_1__data_1__mask": flags}
    path = write_hdf5(tmp_path / "a.cxi", **frames, **geometry, **energy)
    np.savez(tmp_path / "labels.npz", label=["single", "multi", "single"] * 3, run=np.repeat(["a", "b", "c"], 3))
    split = {"by": "run", "validate": 0.1, "test": 0.1, "block": 1}
    source = open_files([path], source="cxi", labels={"file": "labels.npz"}, split=split)
    mask = source.calibration()["mask"]
    assert np.argwhere(mask == 0).tolist() == [[0, 0], [2, 2]]
    q = source.scattering_vector()
    assert q is not None
    corner = np.hypot(2.5, 3.5) * 75e-6 / 0.5
    assert q[0, 0] == pytest.approx(2 * np.pi * corner, rel=1e-4), "small angles: q = 2 pi theta / lambda"
    assert q.shape == (6, 8)


def test_a_mask_for_each_frame_is_not_taken_for_one(tmp_path: Path) -> None:
    path = write_hdf5(tmp_path / "a.cxi", entry_1__data_1__data=photons(2), entry_1__data_1__mask=np.zeros((2, 6, 8)))
    with pytest.raises(FormatError, match=r"a.cxi, dataset 'entry_1/data_1/mask': a mask of wrong rank"):
        cxi_mask(path)


def test_the_minimal_file_of_the_cxi_project() -> None:
    path = SPI / "minimal.cxi"
    if not path.is_file():
        pytest.skip("minimal.cxi of the CXI project is not at hand")
    file = hdf5_frames("minimal.cxi", path, "entry_1/data_1/data")
    assert (file.shape, file.dtype) == ((1, 50, 100), np.float64), "one image is a stack of one frame"
    ((start, block),) = file.blocks(64, np.ones(1, bool))
    with h5py.File(path) as opened:
        assert np.array_equal(block[0], opened["entry_1/data_1/data"][...])
    assert start == 0
    assert cxi_mask(path) is None
    assert cxi_scattering_vector(path, (50, 100)) is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"entry_1__data_1__mask": np.eye(6, 8, dtype=np.uint32)}, "another mask"),
        ({"entry_1__data_1__mask": None}, "another mask"),
        ({"entry_1__instrument_1__detector_1__distance": 0.6}, "another geometry"),
        ({"entry_1__instrument_1__detector_1__distance": None}, "another geometry"),
        ({"entry_1__instrument_1__source_1__energy": 1.00001e-16}, ""),
    ],
)
def test_cxi_files_of_two_detectors(tmp_path: Path, change: dict[str, Any], what: str) -> None:
    detector = "entry_1__instrument_1__detector_1__"
    known = {detector + "distance": 0.5, detector + "x_pixel_size": 75e-6, detector + "y_pixel_size": 75e-6}
    known |= {"entry_1__instrument_1__source_1__energy": 1e-16, "entry_1__data_1__mask": np.zeros((6, 8), np.uint32)}
    paths = []
    for number in range(3):
        values = {**known, **(change if number == 2 else {}), "entry_1__data_1__data": photons(4, number)}
        present = {name: value for name, value in values.items() if value is not None}
        paths.append(write_hdf5(tmp_path / f"{number}.cxi", **present))
    np.save(tmp_path / "labels.npy", ["single", "multi"] * 6)
    split = {"by": "run", "validate": 0.3, "test": 0.3, "block": 1}
    source = open_files(paths, source="cxi", labels={"file": "labels.npy"}, split=split)
    if not what:
        assert source.calibration()["mask"].all()
        assert source.scattering_vector() is not None
        return
    with pytest.raises(FormatError, match=rf"2.cxi: {what} than in the first file(.|\n)*as .*0.cxi"):
        _ = source.calibration(), source.scattering_vector()

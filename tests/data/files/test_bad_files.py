"""What is wrong with a file is one error that names file, dataset and index."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from speckleforge.data.preprocess.maps import detector_map
from speckleforge.errors import FormatError
from tests.data.files.makers import by_run, open_files, photons, run_files, skopi_files, write_hdf5


def said(make: Callable[[], Any]) -> str:
    with pytest.raises(FormatError) as caught:
        for _ in make().chunks(5):
            pass
    assert len(caught.value.problems) == 1
    return str(caught.value)


def replace(path: Path, values: Any) -> None:
    """Other photons in a file of `run_files`."""
    write_hdf5(path, photons=values, labels=np.zeros(len(values), int))


def test_missing_dataset(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    message = said(lambda: by_run(files, dataset="photon"))
    assert f"{files[0]}: no such dataset in the file" in message
    assert "got: photon\n" in message
    assert "allowed: labels, photons" in message
    assert "did you mean 'photons'?" in message
    np.savez(tmp_path / "a.npz", data=photons(3))
    message = said(lambda: open_files([tmp_path / "a.npz"], source="npy", labels={"file": "labels.csv"}))
    assert f"{tmp_path / 'a.npz'}: no such dataset in the file" in message


@pytest.mark.parametrize("shape", [(12,), (12, 48), (12, 2, 6, 8)])
def test_wrong_rank(tmp_path: Path, shape: tuple[int, ...]) -> None:
    files = run_files(tmp_path)
    replace(files[1], np.zeros(shape, np.uint16))
    if len(shape) == 2:  # one image of 12x48: its shape is what differs
        assert "run1.h5, dataset 'photons': frames of another shape\n    got: 12x48" in said(lambda: by_run(files))
        return
    message = said(lambda: by_run(files))
    assert "run1.h5, dataset 'photons': frames of wrong rank" in message
    assert f"got: shape {list(shape)}" in message
    assert "allowed: [frames, rows, columns]" in message


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (np.nan, "not a finite number"),
        (np.inf, "not a finite number"),
        (-1.0, "negative photons"),
        (0.5, "photons that are no whole number"),
        (1e12, "more photons than can be"),
    ],
)
def test_impossible_photons(tmp_path: Path, value: float, what: str) -> None:
    files = run_files(tmp_path)
    frames = photons(12).astype(np.float64)
    frames[7, 3, 5] = value
    replace(files[2], frames)
    message = said(lambda: by_run(files))
    assert f"run2.h5, dataset 'photons', index [7, 3, 5]: {what}" in message
    assert f"got: {np.float64(value)}" in message


def test_negative_adu_are_no_mistake_but_nan_is(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    frames = -photons(12).astype(np.float64)
    replace(files[2], frames)
    blocks = [chunk.frames for chunk in by_run(files, units="adu").chunks(12)]
    assert blocks[2].dtype == np.float32
    assert np.array_equal(blocks[2], frames)
    frames[0, 0, 1] = np.nan
    replace(files[2], frames)
    assert "index [0, 0, 1]: not a finite number" in said(lambda: by_run(files, units="adu"))


def test_a_value_in_an_excluded_frame_is_still_told(tmp_path: Path) -> None:
    """A file with NaN is not what it says it is, whichever frame shows it first."""
    files = run_files(tmp_path)
    frames = photons(12).astype(np.float64)
    frames[2, 0, 0] = np.nan
    replace(files[0], frames)
    table = tmp_path / "labels.csv"
    table.write_text(table.read_text().replace("run0.h5,2,9", "run0.h5,2,3"))
    assert "index [2, 0, 0]" in said(lambda: by_run(files))


def test_label_without_image(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    table = tmp_path / "labels.csv"
    good = table.read_text()
    table.write_text(good + "run3.h5,12,1,r3,9,x\n")
    message = said(lambda: by_run(files))
    assert f"{table}, line 50: a label without an image" in message
    assert "got: index 12" in message
    assert "allowed: 0 to 11 of run3.h5" in message
    table.write_text(good + "run9.h5,0,1,r9,9,x\n")
    assert "line 50: a label without an image: no such file\n    got: run9.h5" in said(lambda: by_run(files))
    np.save(tmp_path / "labels.npy", np.ones(49, int))
    message = said(lambda: by_run(files, labels={"file": "labels.npy"}))
    assert "labels.npy, array 'label', index 48: a label without an image\n    got: 49 labels for 48 images" in message


def test_image_without_label(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    table = tmp_path / "labels.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(line for line in lines if not line.startswith("run2.h5,5,")))
    message = said(lambda: by_run(files))
    assert f"{files[2]}, dataset 'photons', index 5: an image without a label\n    got: no row in {table}" in message
    write_hdf5(files[1], photons=photons(12), labels=np.ones(10, int))
    message = said(lambda: by_run(files, labels={"dataset": "labels"}))
    assert f"{files[1]}, dataset 'labels', index 10: an image without a label" in message


def test_two_labels_for_one_image(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    table = tmp_path / "labels.csv"
    table.write_text(table.read_text() + "run0.h5,4,1,r0,9,x\n")
    assert "line 50: two labels for one image\n    got: index 4, as in line 6" in said(lambda: by_run(files))


def test_unknown_class_code(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    table = tmp_path / "labels.csv"
    table.write_text(table.read_text().replace("run1.h5,3,1", "run1.h5,3,7"))
    message = said(lambda: by_run(files))
    assert f"{files[1]}, dataset 'photons', index 3: an unknown class code\n    got: 7" in message
    assert "map it in data.class_map, or exclude it: {7: WHY}" in message
    assert by_run(files, exclude={"7": "undecoded"}).count == 47, "excluded by name, it is no mistake"


def test_tables_that_are_none(tmp_path: Path) -> None:
    files, table = run_files(tmp_path), tmp_path / "labels.csv"
    table.write_text("index,lable\n0,1\n")
    assert f"{table}, line 1: no column label\n    got: index, lable" in said(lambda: by_run(files))
    table.write_text("index,label\nfirst,1\n")
    assert f"{table}, line 2: index is no whole number\n    got: 'first'" in said(lambda: by_run(files))
    table.write_text("")
    assert "no column index and label\n    got: an empty file" in said(lambda: by_run(files))
    table.write_bytes(b"\xff\xfe")
    assert "no table of labels" in said(lambda: by_run(files))
    np.savez(tmp_path / "labels.npz", labels=np.ones(3))
    message = said(lambda: by_run(files, labels={"file": "labels.npz"}))
    assert "labels.npz: no such array in the file\n    got: label\n    allowed: labels" in message


def test_files_that_are_gone_or_broken(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    files[1].write_bytes(files[1].read_bytes()[:900])
    assert f"{files[1]}: not a readable HDF5 file" in said(lambda: by_run(files))
    files[1].unlink()
    assert f"{files[1]}: no such file" in said(lambda: by_run(files))
    np.save(tmp_path / "a.npy", photons(12))
    whole = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(whole[:-200])
    np.savez(tmp_path / "l.npz", label=["single", "multi"] * 6, run=np.repeat(["a", "b", "c"], 4))
    split = {"by": "run", "validate": 0.1, "test": 0.1, "block": 1}
    message = said(lambda: open_files([tmp_path / "a.npy"], source="npy", labels={"file": "l.npz"}, split=split))
    assert "a.npy: the file ends early\n    got: 9 frames\n    allowed: 12 frames" in message


def test_no_pickle_is_executed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[[print]]]), allow_pickle=True)
    message = said(lambda: open_files([tmp_path / "a.npy"], source="npy", labels={"dataset": "x"}))
    assert "a.npy: an array that cannot be streamed\n    got: objects" in message
    files = run_files(tmp_path)
    np.save(tmp_path / "labels.npy", np.array([print] * 48), allow_pickle=True)
    assert "labels.npy: no labels in the file" in said(lambda: by_run(files, labels={"file": "labels.npy"}))


def test_names_that_say_nothing(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    message = said(lambda: open_files(files))
    assert re.search(r"run0.h5: the name says no label\n.*got: run0.h5\n.*allowed: \{PDB\}\.\{n\}_hit\.h5", message)
    skopi = skopi_files(tmp_path, ("1abc",))
    renamed = skopi[0].rename(tmp_path / "1abc.7_hit.h5")
    message = said(lambda: open_files([renamed]))
    assert "index 0: an unknown class code\n    got: 7" in message


def test_frames_of_two_detectors(tmp_path: Path) -> None:
    files = run_files(tmp_path)
    replace(files[3], photons(12, shape=(6, 9)))
    message = said(lambda: by_run(files))
    assert (
        f"run3.h5, dataset 'photons': frames of another shape\n    got: 6x9\n    allowed: 6x8, as {files[0]}" in message
    )


@pytest.mark.parametrize(
    ("kind", "what"), [("virtual", "virtual dataset"), ("external", "external storage"), ("link", "link to another")]
)
@pytest.mark.parametrize("name", ["photons", "labels", "orientations"])
def test_values_that_lie_in_another_file(tmp_path: Path, kind: str, what: str, name: str) -> None:
    files = run_files(tmp_path)
    values = {"photons": photons(12), "labels": np.ones(12, int), "orientations": np.ones((12, 4))}
    other = write_hdf5(tmp_path / "other.hdf", **values)
    moved = values.pop(name)
    write_hdf5(files[1], **values)
    with h5py.File(files[1], "a") as file:
        if kind == "virtual":
            layout = h5py.VirtualLayout(moved.shape, moved.dtype)
            layout[...] = h5py.VirtualSource(str(other), name, moved.shape)
            file.create_virtual_dataset(name, layout)
        elif kind == "external":
            file.create_dataset(name, data=moved, external=[(str(tmp_path / "raw"), 0, h5py.h5f.UNLIMITED)])
        else:
            file[name] = h5py.ExternalLink(str(other), name)
    message = said(lambda: by_run(files, labels={"dataset": "labels"}))
    assert f"{files[1]}, dataset '{name}': a dataset" in message.replace("a virtual dataset", "a dataset")
    assert what in message
    assert "list the files themselves, or copy the data (h5repack)" in message


@pytest.mark.parametrize("written", ["", "noon", "nan"])
def test_times_that_are_no_numbers(tmp_path: Path, written: str) -> None:
    files, table = run_files(tmp_path), tmp_path / "labels.csv"
    table.write_text(table.read_text().replace("r1,1003", f"r1,{written}"))
    assert f"{table}, line 17: time is no number\n    got: '{written}'" in said(lambda: by_run(files))
    times = np.array(["1"] * 5 + [written] + ["2"] * 42)
    np.savez(tmp_path / "l.npz", label=np.ones(48, int), time=times)
    message = said(lambda: by_run(files, labels={"file": "l.npz"}))
    assert "l.npz, array 'time', index 5: time is no number" in message
    for file in files:
        write_hdf5(file, photons=photons(12), labels=np.ones(12, int), time=np.append(np.ones(11), np.nan))
    message = said(lambda: by_run(files, labels={"dataset": "labels", "time": "time"}))
    assert f"{files[0]}, dataset 'time', index 11: time is no number" in message


@pytest.mark.parametrize("name", ["photons", "labels", "orientations"])
def test_datasets_without_values(tmp_path: Path, name: str) -> None:
    files = run_files(tmp_path)
    values: dict[str, Any] = {"photons": photons(12), "labels": np.ones(12, int), name: h5py.Empty("f4")}
    write_hdf5(files[0], **values)
    message = said(lambda: by_run(files, labels={"dataset": "labels"}))
    assert f"{files[0]}, dataset '{name}': a dataset without values" in message


def damaged(path: Path, kind: str) -> None:
    """Break an .npz that is compressed: its values, its flags, or its method of compression."""
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    if kind == "values":
        content[central // 2 : central // 2 + 40] = b"\xff" * 40
    elif kind == "encrypted":
        content[6] |= 1
        content[central + 8] |= 1
    elif kind == "method":
        content[8] = content[central + 10] = 99
    else:
        content = content[: len(content) // 2]
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["values", "encrypted", "method", "half"])
def test_damaged_archives(tmp_path: Path, kind: str) -> None:
    np.savez_compressed(tmp_path / "a.npz", photons=photons(12))
    np.savez_compressed(tmp_path / "l.npz", label=["single", "multi"] * 6, run=np.repeat(["a", "b", "c"], 4))
    split = {"by": "run", "validate": 0.1, "test": 0.1, "block": 1}
    changes: dict[str, Any] = {"source": "npy", "labels": {"file": "l.npz"}, "split": split}
    assert open_files([tmp_path / "a.npz"], **changes).count == 12
    whole = (tmp_path / "a.npz").read_bytes()
    damaged(tmp_path / "a.npz", kind)
    assert f"{tmp_path / 'a.npz'}: not a readable array file" in said(
        lambda: open_files([tmp_path / "a.npz"], **changes)
    )
    (tmp_path / "a.npz").write_bytes(whole)
    damaged(tmp_path / "l.npz", kind)
    assert f"{tmp_path / 'l.npz'}: no labels in the file" in said(lambda: open_files([tmp_path / "a.npz"], **changes))


def test_maps_that_only_begin_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "mask.npy").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(FormatError, match=r"no array of numbers in the file"):
        detector_map("mask", tmp_path / "mask.npy", {}, (6, 8))

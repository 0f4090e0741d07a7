"""`data` and `preprocess` in a spec: what they mean for the stages, and what is said about mistakes, in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import Spec, load_spec, offers, parse_spec
from speckleforge.spec.preprocess_rules import FABRIC

STEPS = "  - bin: 2 # 130x130 photons -> 65x65, upstream of the detector link\n"
COMPAND = "  - compand: {rule: sqrt, gain: 2, bits: 4, from_bits: 8, place: fabric}\n"
CALIBRATION = """\
  - pedestal: {place: upstream}
  - common_mode: {over: row}
  - gain: {adu_per_photon: 130}
  - photonise: {threshold: 0.5}
"""
RAW = ("  source: simulation\n", "  source: simulation\n  raw: true\n")
FILES = """\
data:
  source: hdf5
  classes: [background, single, multi]
  files: [runs/*.h5]
  labels: {file: labels.csv}
  class_map: {1: single, 2: multi, 9: background}
  exclude: {3: undecoded, 4: undecoded}
  split: {by: run, validate: 0.2, test: 0.2}
"""


def said(text: str, path: Path | str = "s.yaml") -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text.encode(), path)
    return str(caught.value)


def spec(text: str) -> Spec:
    return parse_spec(text.encode(), "s.yaml")


def at(text: str, needle: str, file: str = "s.yaml") -> str:
    before = text[: text.index(needle)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_every_upstream_step_is_offered_with_its_units(kcu: str) -> None:
    found = offers.step_units()
    assert set(found) == {"pedestal", "common_mode", "gain", "photonise", "mask", "crop", "bin", "standardise"}
    known = {"raw ADU", "ADU", "real photons", "photons"}
    assert all(set(takes) <= known and gives in {*known, "levels", "same"} for takes, gives in found.values())
    message = said(kcu.replace("  - bin: 2", "  - binn: 2"))
    assert all(kind in message for kind in [*found, *FABRIC])


def test_a_raw_simulation_is_calibrated_upstream(kcu: str) -> None:
    found = spec(kcu.replace(*RAW).replace(STEPS, CALIBRATION + STEPS)).slice("data")
    kinds = [next(iter(step)) for step in found["preprocess"]]
    assert kinds == ["pedestal", "common_mode", "gain", "photonise", "bin"]
    assert found["preprocess"][0] == {"pedestal": {"place": "upstream"}}
    assert found["image"] == {"rows": 65, "columns": 65, "bits": 8}
    assert found["data"]["frame"] == [130, 130]


def test_companding_is_no_matter_of_the_data(kcu: str) -> None:
    before, after = spec(kcu), spec(kcu.replace("gain: 2", "gain: 3"))
    assert before.slice("data") == after.slice("data")
    assert before.slice("train") != after.slice("train")


def test_steps_of_the_fabric_are_nodes_in_their_order(kcu: str) -> None:
    fabric = "  - pedestal: {place: fabric}\n  - mask: {place: fabric}\n"
    text = kcu.replace(*RAW).replace(COMPAND, fabric + COMPAND.replace("from_bits: 8", "from_bits: 12"))
    found = spec(text)
    assert [node.name for node in found.topology.nodes][:5] == [
        "input",
        "pedestal_1",
        "mask_1",
        "compand_1",
        "conv2d_1",
    ]
    assert str(found.topology.nodes[0].out) == "u12[1,65,65]"
    assert [next(iter(step)) for step in found.slice("data")["preprocess"]] == ["bin", "pedestal", "mask"]
    upstream = spec(kcu.replace(STEPS, "  - mask: {}\n" + STEPS))
    assert "mask" not in upstream.kinds


def test_the_frame_is_worked_out_backwards(kcu: str) -> None:
    crop = "  - crop: {rows: 130, columns: 130}\n"
    assert spec(kcu.replace(STEPS, crop + STEPS)).slice("data")["data"]["frame"] == [130, 130]
    corner = "  - crop: {rows: 130, columns: 130, top: 10, left: 4}\n"
    assert spec(kcu.replace(STEPS, corner + STEPS)).slice("data")["data"]["frame"] == [140, 134]
    late = STEPS + "  - crop: {rows: 65, columns: 65, top: 1, left: 0}\n"
    assert spec(kcu.replace(STEPS, late)).slice("data")["data"]["frame"] == [132, 130]
    given = ("  source: simulation\n", "  source: simulation\n  frame: [256, 200]\n")
    assert spec(kcu.replace(STEPS, crop + STEPS).replace(*given)).slice("data")["data"]["frame"] == [256, 200]


def test_a_standardised_image_goes_without_companding(kcu: str) -> None:
    found = spec(kcu.replace(COMPAND, "  - standardise: {bits: 4}\n"))
    assert str(found.topology.nodes[0].out) == "u4[1,65,65]"
    assert found.slice("data")["preprocess"][1] == {
        "standardise": {"bits": 4, "low": -1.0, "high": 6.0, "place": "upstream"}
    }


ORDER = [
    (
        "  - photonise: {}\n" + STEPS,
        True,
        "photonise: {}",
        "photonise takes real photons, and gets raw ADU",
        "put pedestal and gain before photonise",
    ),
    (
        "  - gain: {adu_per_photon: 130}\n  - pedestal: {}\n" + STEPS,
        True,
        "gain: {adu",
        "gain takes ADU, and gets raw ADU",
        "move pedestal before gain",
    ),
    (
        "  - common_mode: {}\n" + STEPS,
        True,
        "common_mode",
        "common_mode takes ADU, and gets raw ADU",
        "put pedestal before common_mode",
    ),
    (
        "  - pedestal: {}\n" + STEPS,
        True,
        "compand",
        "compand takes raw ADU or photons, and gets ADU",
        "put gain and photonise before compand",
    ),
    (
        STEPS + "  - pedestal: {}\n  - gain: {}\n",
        True,
        "compand",
        "and gets real photons",
        "put photonise before compand",
    ),
    (
        "  - gain: {adu_per_photon: 130}\n" + STEPS,
        False,
        "gain: {adu",
        "gain takes ADU, and gets photons",
        "remove it, or set data.raw: true",
    ),
    (
        STEPS + "  - standardise: {bits: 4}\n",
        False,
        "compand",
        "compand takes raw ADU or photons, and gets levels",
        "levels are final",
    ),
    (COMPAND + STEPS, False, "bin: 2", "comes after compand", "move it before compand, which is behind the link"),
    ("  - mask: {place: fabric}\n" + STEPS, False, "bin: 2", "comes after mask", "move it before mask"),
    (STEPS + "  - bin: 3\n", False, "bin: 3", "a step that is there already", ""),
    (
        "  - pedestal: {}\n  - gain: {adu_per_photon: 1, file: g.npy}\n" + STEPS,
        True,
        "file: g",
        "exclude each other",
        "keep one",
    ),
    (
        "  - crop: {rows: 131, columns: 130}\n" + STEPS,
        False,
        "131, col",
        "does not lead to model.input with the steps that follow",
        "",
    ),
    ("  - mask: {file: nowhere.npy}\n" + STEPS, False, "nowhere", "mask.file: no such file", ""),
    (STEPS + "  - photonise: {threshold: 0}\n", False, "0}\n  - compand", "threshold: out of range", ""),
]


@pytest.mark.parametrize("case", ORDER, ids=[case[3] + case[2] for case in ORDER])
def test_a_wrong_order_is_explained(kcu: str, case: tuple[str, bool, str, str, str]) -> None:
    steps, raw, needle, what, step = case
    text = kcu.replace(STEPS + COMPAND, steps if COMPAND in steps else steps + COMPAND)
    text = text.replace(*RAW) if raw else text
    message = said(text)
    assert what in message
    assert step in message
    assert at(text, needle) in message, message


def test_the_link_carries_whole_numbers(kcu: str) -> None:
    text = kcu.replace(*RAW).replace(COMPAND, "  - pedestal: {}\n  - gain: {}\n")
    message = said(text)
    assert "preprocess: ends with real photons, and the detector link carries whole numbers" in message
    assert "put photonise at the end" in message


MISTAKES = [
    (
        "  source: simulation\n",
        "  source: simulation\n  frame: [131, 130]\n",
        "[131",
        "frame: leaves pixels beside the bins",
        "multiples of 2",
    ),
    (
        "  source: simulation\n",
        "  source: simulation\n  frame: [132, 130]\n",
        "[132",
        "frame: does not lead to model.input",
        "66x65 at the end",
    ),
    (
        "  source: simulation\n",
        "  source: simulation\n  labels: file_name\n",
        "labels",
        "data.labels: belongs to files, and the source is simulation",
        "",
    ),
    ("  source: simulation\n", "  source: hdf5\n", "data:", "data: missing key 'files'", ""),
    (
        "background, single, multi, non_sample",
        "background, singel, multi",
        "singel",
        "'singel' is not defined",
        "did you mean 'single'?",
    ),
    (
        "  source: simulation\n",
        "  source: simulation\n  structures: [a.pdb]\n",
        "a.pdb",
        "data.structures[0]: no such file",
        "relative to this spec",
    ),
    ("  patterns: 20 ", "  patterns: {train: 20, test: 1} ", "1} ", "data.patterns.test: out of range", ""),
]


@pytest.mark.parametrize("case", MISTAKES, ids=[case[3] for case in MISTAKES])
def test_a_mistake_in_data_is_named(kcu: str, case: tuple[str, ...]) -> None:
    good, bad, needle, what, step = case
    assert good in kcu
    text = kcu.replace(good, bad, 1)
    message = said(text)
    assert what in message, message
    assert step in message
    assert at(text, needle) in message, message


def with_files(kcu: str, folder: Path, data: str = FILES) -> str:
    """A spec on files in `folder`, which has three runs and a table."""
    (folder / "runs").mkdir(exist_ok=True)
    for name in ("runs/r1.h5", "runs/r0.h5", "runs/r2.h5", "labels.csv"):
        (folder / name).write_bytes(b"x")
    start, end = kcu.index("data:\n"), kcu.index("\ntrain:") + 1
    return kcu[:start] + data + kcu[end:]


def test_files_reach_the_data_stage_and_no_other(kcu: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(with_files(kcu, tmp_path), encoding="utf-8")
    found = load_spec(path)
    data = found.slice("data")["data"]
    assert data["files"] == ["runs/r0.h5", "runs/r1.h5", "runs/r2.h5"]
    assert data["split"] == {"by": "run", "validate": 0.2, "test": 0.2, "block": 500}
    assert data["class_map"] == {"1": "single", "2": "multi", "9": "background"}
    assert not {"condition", "patterns", "particles", "frame", "raw"} & data.keys()
    roles = {"labels": "labels.csv", "file_0": "runs/r0.h5", "file_1": "runs/r1.h5", "file_2": "runs/r2.h5"}
    assert found.files("data") == {role: tmp_path / name for role, name in roles.items()}
    assert found.files("train") == {}
    assert found.slice("report")["spec"]["data"] == {"source": "hdf5"}


def test_maps_are_files_of_the_data_stage(kcu: str, tmp_path: Path) -> None:
    (tmp_path / "m.npy").write_bytes(b"x")
    path = tmp_path / "s.yaml"
    path.write_text(kcu.replace(COMPAND, "  - mask: {file: m.npy, place: fabric}\n" + COMPAND), encoding="utf-8")
    found = load_spec(path)
    assert found.files("data") == {"mask": tmp_path / "m.npy"}
    assert found.slice("data")["preprocess"][1] == {"mask": {"file": "m.npy", "place": "fabric"}}
    assert "m.npy" not in found.topology_text


FILE_MISTAKES = [
    ("[runs/*.h5]", "[runs/*.hdf5]", "runs/*.hdf5", "data.files[0]: no file matches", "relative to this spec"),
    ("[runs/*.h5]", "[runs/r0.h5, runs/r9.h5]", "runs/r9", "data.files[1]: no such file", "relative to this spec"),
    ("file: labels.csv", "file: label.csv", "label.csv", "data.labels.file: no such file", ""),
    ("{file: labels.csv}", "{run: a}", "{run", "missing file or dataset", "write one of them"),
    (
        "{file: labels.csv}",
        "{file: labels.csv, dataset: a}",
        "{file: labels",
        "file and dataset exclude each other",
        "",
    ),
    ("{file: labels.csv}", "{file: labels.csv, run: a}", "run: a", "is a dataset beside", "a column of the file"),
    ("{file: labels.csv}", "filename", "filename", "'filename' is not defined", "did you mean 'file_name'?"),
    ("1: single", "1: singel", "singel", "class_map.1: 'singel' is not one of data.classes", "did you mean 'single'?"),
    ("{3: undecoded", "{2: undecoded", "2: undecoded", "a code that data.class_map maps", "keep one of them"),
    ("  labels: {file: labels.csv}\n", "", "data:", "data: missing key 'labels'", ""),
    ("validate: 0.2, test: 0.2", "validate: 0.5, test: 0.5", "split", "leave nothing to learn from", ""),
    ("test: 0.2}", "test: 0.2, block: 9}", "block", "has no effect on a split by run", "by: time_block"),
    (
        "  source: hdf5\n",
        "  source: hdf5\n  condition: reference\n",
        "condition",
        "belongs to the simulation, and the source is hdf5",
        "",
    ),
    ("source: hdf5", "source: hdf", "hdf\n", "'hdf' is not defined", "did you mean 'hdf5'?"),
]


@pytest.mark.parametrize("case", FILE_MISTAKES, ids=[case[3] for case in FILE_MISTAKES])
def test_a_mistake_with_files_is_named(kcu: str, tmp_path: Path, case: tuple[str, ...]) -> None:
    good, bad, needle, what, step = case
    assert good in FILES
    text = with_files(kcu, tmp_path, FILES.replace(good, bad, 1))
    message = said(text, tmp_path / "s.yaml")
    assert what in message, message
    assert step in message
    assert at(text, needle, str(tmp_path / "s.yaml")) in message, message

"""The ordered steps: what they hand on to each other, and the maps of those in the fabric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.data.preprocess.chain import make_chain
from speckleforge.errors import FormatError

SHAPE = (8, 12)
RNG = np.random.default_rng(5)
PEDESTAL = RNG.uniform(200, 300, SHAPE).astype(np.float32)
MASK = (RNG.random(SHAPE) > 0.04).astype(np.uint8)
GAIN = RNG.uniform(90, 110, SHAPE).astype(np.float32)
OWN = {"pedestal": PEDESTAL, "mask": MASK, "gain": GAIN}


def detector_frames(photons: Any) -> Any:
    """Raw ADU of whole photons: gain, pedestal and a baseline of each row."""
    rows = RNG.integers(-30, 30, (len(photons), SHAPE[0], 1))
    return np.rint(photons * GAIN + PEDESTAL + rows).astype(np.uint16)


def test_calibration_finds_the_photons_again() -> None:
    photons = RNG.integers(1, 9, (20, *SHAPE))
    photons *= RNG.permuted(np.broadcast_to(np.arange(12) < 3, photons.shape), axis=2)  # of 12: the baseline shows
    steps = [
        {"pedestal": {"place": "upstream"}},
        {"mask": {"place": "upstream"}},
        {"common_mode": {"over": "row"}},
        {"gain": {}},
        {"photonise": {"threshold": 0.5}},
        {"crop": {"rows": 8, "columns": 8}},
        {"bin": 2},
    ]
    chain = make_chain(steps, SHAPE, OWN, {}, 8)
    expected = (photons * MASK)[:, :, 2:10].reshape(20, 4, 2, 4, 2).sum(axis=(2, 4))
    assert chain.output == (4, 4)
    assert np.array_equal(chain.apply(detector_frames(photons)), expected)


@pytest.mark.parametrize("place", ["fabric", "upstream"])
def test_a_masked_pixel_stays_out_of_its_bin(place: str) -> None:
    good = np.ones(SHAPE, np.uint8)
    good[0, 0] = 0
    steps = [{"mask": {"place": "upstream"}}, {"pedestal": {"place": place}}, {"bin": 2}]
    if place == "fabric":
        steps = [steps[0], steps[2], steps[1]]
    chain = make_chain(steps, SHAPE, {**OWN, "mask": good}, {}, 14)
    light = np.ones((1, *SHAPE))
    found = chain.apply(PEDESTAL + 100 * light)
    if place == "fabric":
        found = found - chain.calibration()["pedestal"][0]
    expected = np.full((1, 4, 6), 400.0)
    expected[0, 0, 0] = 300
    assert found == pytest.approx(expected, abs=0.6)


def test_a_mask_without_a_good_pixel_is_refused() -> None:
    steps = [{"mask": {"place": "fabric"}}]
    with pytest.raises(FormatError, match="no pixel of the words is good"):
        make_chain(steps, SHAPE, {**OWN, "mask": np.zeros(SHAPE, np.uint8)}, {}, 14).calibration()


def test_maps_follow_crop_and_bin() -> None:
    steps = [
        {"crop": {"rows": 8, "columns": 8, "top": 0, "left": 4}},
        {"bin": 4},
        {"pedestal": {"place": "fabric"}},
        {"mask": {"place": "fabric"}},
    ]
    chain = make_chain(steps, SHAPE, OWN, {}, 14)
    calibration = chain.calibration()
    parts = PEDESTAL[:, 4:].astype(np.float64).reshape(2, 4, 2, 4)
    assert np.array_equal(calibration["pedestal"][0], np.rint(parts.sum(axis=(1, 3))))
    assert (calibration["pedestal"][0].dtype, calibration["pedestal"][1]) == (np.uint16, "ADU")
    assert np.array_equal(calibration["mask"][0], MASK[:, 4:].reshape(2, 4, 2, 4).min(axis=(1, 3)))
    frames = RNG.integers(0, 1000, (3, *SHAPE)).astype(np.uint16)
    assert np.array_equal(chain.apply(frames), frames[:, :, 4:].reshape(3, 2, 4, 2, 4).sum(axis=(2, 4))), "upstream"


def test_a_pedestal_of_the_fabric_fits_a_word() -> None:
    chain = make_chain([{"pedestal": {"place": "fabric"}}], SHAPE, {"pedestal": PEDESTAL - 250}, {}, 5)
    found = chain.calibration()["pedestal"][0]
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.clip(np.rint(PEDESTAL - 250), 0, 31))
    assert (found == 31).any()
    assert (found == 0).any()


def test_upstream_maps_follow_a_bin_before_them() -> None:
    frames = RNG.integers(300, 900, (2, *SHAPE)).astype(np.uint16)
    late = make_chain([{"bin": 2}, {"pedestal": {}}], SHAPE, OWN, {}, 8).apply(frames)
    early = make_chain([{"pedestal": {}}, {"bin": 2}], SHAPE, OWN, {}, 8).apply(frames)
    assert np.allclose(late, early, rtol=1e-5)


def test_the_scattering_vector_is_averaged_over_bins() -> None:
    q = RNG.uniform(0, 1, SHAPE).astype(np.float32)
    chain = make_chain([{"bin": 2}], SHAPE, {}, {}, 8)
    found, units = chain.scattering_vector(q)
    assert (found.shape, found.dtype, units) == ((4, 6), np.float32, "1/nm")
    assert np.allclose(found, q.reshape(4, 2, 6, 2).mean(axis=(1, 3)))
    corner = {"rows": 2, "columns": 2, "top": 0, "left": 0}
    radius, units = make_chain([{"crop": corner}], SHAPE, {}, {}, 8).scattering_vector(None)
    assert units == "pixel"
    assert radius[0, 0] == pytest.approx(np.hypot(3.5, 5.5)), "from the middle of the frame, not of the part"


@pytest.mark.parametrize("name", ["pedestal", "mask", "gain"])
def test_a_file_takes_the_place_of_the_sources_own(tmp_path: Path, name: str) -> None:
    other = np.ones(SHAPE, np.float32)
    np.save(tmp_path / "map.npy", other)
    chain = make_chain([{name: {"file": "map.npy"}}], SHAPE, OWN, {name: tmp_path / "map.npy"}, 8)
    frames = RNG.integers(0, 9, (1, *SHAPE)).astype(np.float32)
    assert np.array_equal(chain.apply(frames), frames - 1 if name == "pedestal" else frames)


WRONG = [
    ("mask", np.ones((8, 11), np.uint8), "mask of another shape than the frames", "8x11"),
    ("mask", np.ones((1, 8, 12), np.uint8), "mask of another shape than the frames", "1x8x12"),
    ("mask", np.full(SHAPE, 2, np.uint8), "a value that no mask has", r"2 at index \[0, 0\]"),
    ("pedestal", np.where(MASK + np.eye(8, 12) > 1, np.nan, PEDESTAL), "no pedestal has", r"nan at index \[0, 0\]"),
    ("gain", np.zeros(SHAPE), "a value that no gain has", "above 0"),
    ("mask", np.array(["x"]), "no array of numbers", "a .npy file"),
]


@pytest.mark.parametrize(("name", "values", "what", "more"), WRONG, ids=[row[2] + row[3] for row in WRONG])
def test_a_map_that_does_not_fit_is_named(tmp_path: Path, name: str, values: Any, what: str, more: str) -> None:
    np.save(tmp_path / "map.npy", values)
    with pytest.raises(FormatError, match=f"map.npy: (.|\n)*{what}(.|\n)*{more}"):
        make_chain([{name: {}}], SHAPE, OWN, {name: tmp_path / "map.npy"}, 8)


def test_no_map_is_an_error_and_no_pickle_is_executed(tmp_path: Path) -> None:
    for name in ("pedestal", "mask", "gain"):
        with pytest.raises(FormatError, match=f"no {name} to take(.|\n)*write `{name}: "):
            make_chain([{name: {}}], SHAPE, {}, {}, 8)
    np.save(tmp_path / "map.npy", np.array([print]), allow_pickle=True)
    with pytest.raises(FormatError, match="no array of numbers in the file"):
        make_chain([{"mask": {}}], SHAPE, {}, {"mask": tmp_path / "map.npy"}, 8)

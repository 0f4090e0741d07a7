"""The data stage: repeatable, split by particle, in range, and clear about what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from speckleforge.artifacts.dataset import read_dataset
from speckleforge.errors import SpecError
from tests.small_data import CLASSES, make_dataset


def test_the_stage_repeats_and_the_seed_matters(tmp_path: Path) -> None:
    first, again = make_dataset(tmp_path / "a"), make_dataset(tmp_path / "b")
    other = make_dataset(tmp_path / "c", seed=4)
    for name in ("dataset.h5", "dataset.json"):
        assert (first / name).read_bytes() == (again / name).read_bytes()
    assert (first / "dataset.h5").read_bytes() != (other / "dataset.h5").read_bytes()


def test_no_particle_is_in_two_splits(tmp_path: Path) -> None:
    data = read_dataset(make_dataset(tmp_path))
    assert len(data.photons) == 12 * 4 * 8
    owners = [set(data.particle[data.split == split].tolist()) - {-1} for split in range(3)]
    assert [len(found) for found in owners] == [6, 3, 3]
    assert not owners[0] & owners[1]
    assert not owners[0] & owners[2]
    assert not owners[1] & owners[2]
    pool = np.isin(data.label, [CLASSES.index("background"), CLASSES.index("non_sample")])
    assert (data.particle[pool] == -1).all()
    assert (data.particle[~pool] >= 0).all()


@pytest.mark.parametrize(("bits", "dtype"), [(4, np.uint8), (8, np.uint8), (10, np.uint16)])
def test_words_are_clipped_to_their_bits(tmp_path: Path, bits: int, dtype: type) -> None:
    folder = make_dataset(tmp_path, image={"bits": bits})
    data = read_dataset(folder)
    assert data.photons.dtype == dtype
    assert data.photons.max() <= 2**bits - 1
    record = json.loads((folder / "dataset.json").read_text())
    if bits == 4:
        assert record["splits"]["train"]["single"]["clipped_pixels"] > 0
        assert data.photons.max() == 15


def test_the_beam_stop_is_blind_and_oblong_images_work(tmp_path: Path) -> None:
    data = read_dataset(make_dataset(tmp_path, image={"rows": 24, "columns": 41, "bin": 1}))
    assert data.photons.shape[1:] == (24, 41)
    assert data.photons[:, 12, 20].max() == 0


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"condition": "refrence"}, "did you mean 'reference'?"),
        ({"source": "simulated"}, "did you mean 'simulation'?"),
        ({"classes": ["background", "singel"]}, "did you mean 'single'?"),
        ({"classes": ["single"]}, "two or more"),
        ({"patterns": 1}, "2 patterns or more"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, changes: dict[str, object], text: str) -> None:
    with pytest.raises(SpecError, match="data") as error:
        make_dataset(tmp_path, **changes)
    assert text in str(error.value)

"""The simulation as a source: the same bytes whatever the chunk or process, and frames that say what they are."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from speckleforge.data.simulation import conditions
from speckleforge.data.simulation.settings import CLASSES, SimulationSettings
from speckleforge.data.simulation.source import Simulation
from speckleforge.data.source import Frames, Source
from speckleforge.errors import SpecError

SMALL = SimulationSettings("bright", CLASSES, (2, 1, 1), (3, 2, 2), 5, (32, 40))


def together(source: Source, size: int = 64) -> Frames:
    chunks = list(source.chunks(size))
    assert all(1 <= len(chunk) <= size for chunk in chunks)
    columns = {field.name: np.concatenate([getattr(chunk, field.name) for chunk in chunks]) for field in fields(Frames)}
    return Frames(**columns)


def equal(a: Frames, b: Frames) -> bool:
    return all(getattr(a, f.name).tobytes() == getattr(b, f.name).tobytes() for f in fields(Frames))


@pytest.mark.parametrize("raw", [False, True])
def test_bytes_do_not_depend_on_the_chunk(raw: bool) -> None:
    whole = together(Simulation(replace(SMALL, raw=raw)))
    for size in (1, 5):
        assert equal(whole, together(Simulation(replace(SMALL, raw=raw)), size))


@pytest.mark.parametrize("processes", [2, 3])
def test_bytes_do_not_depend_on_the_processes(processes: int) -> None:
    assert equal(together(Simulation(SMALL)), together(Simulation(SMALL, processes), 4))


def test_more_patterns_and_other_classes_keep_the_first_ones() -> None:
    few = together(Simulation(SMALL))
    many = together(Simulation(replace(SMALL, patterns=(5, 4, 4), classes=("multi", "single", "background"))))
    for name in ("single", "multi", "background"):
        a = few.frames[(few.label == CLASSES.index(name)) & (few.split == 0)].reshape(2, 3, 32, 40)
        chosen = (many.label == ("multi", "single", "background").index(name)) & (many.split == 0)
        assert np.array_equal(a, many.frames[chosen].reshape(2, 5, 32, 40)[:, :3])


def test_the_seed_matters_and_the_detector_does_not_follow_it() -> None:
    one, other = Simulation(SMALL), Simulation(replace(SMALL, seed=6))
    assert not np.array_equal(together(one).frames, together(other).frames)
    assert np.array_equal(one.calibration()["mask"], other.calibration()["mask"])


def test_frames_say_what_they_are() -> None:
    source = Simulation(SMALL)
    frames = together(source)
    names = np.array(CLASSES)[frames.label]
    assert len(frames) == source.count == 4 * (2 * 3 + 2 + 2)
    assert frames.frames.dtype == np.uint16
    assert frames.frames.shape[1:] == source.frame_shape
    owned = np.isin(names, ["single", "multi"])
    assert (frames.particle[~owned] == -1).all()
    assert [set(frames.particle[owned & (frames.split == split)]) for split in range(3)] == [{0, 1}, {2}, {3}]
    assert np.allclose(np.linalg.norm(frames.orientation[owned], axis=1), 1)
    assert np.isnan(frames.orientation[~owned]).all()
    assert (frames.hits[names == "single"] == 1).all()
    assert set(frames.hits[names == "multi"]) <= {2, 3, 4, 5}
    assert (frames.hits[~owned] == 0).all()
    assert (frames.fluence > 0).all()


def test_the_seed_fixes_the_bytes() -> None:
    """The generator is part of what a data set means; other numbers here are other data sets everywhere."""
    frames = together(Simulation(replace(SMALL, classes=("background", "non_sample"))))
    totals = frames.frames[frames.label == 0].sum(axis=(1, 2)).tolist()
    assert totals == [290, 493, 496, 579, 410, 739, 337, 258, 386, 409]


@pytest.mark.parametrize("name", [n for n in conditions.names() if n != "molecules"])
def test_patterns_have_the_photons_of_their_condition(name: str) -> None:
    source = Simulation(SimulationSettings(name, CLASSES, (10, 1, 1), (30, 2, 2), 2, (65, 65)))
    frames, condition = together(source), conditions.condition(name)
    expected = {label: frames.expected[frames.label == CLASSES.index(label)] for label in CLASSES}
    wanted = condition.beam.photons_per_pattern
    signal = expected["single"].mean() - condition.background.photons
    assert 0.7 * wanted < signal < 1.15 * wanted  # sparse particles get all that the beam has, which may be less
    assert expected["background"].mean() == pytest.approx(condition.background.photons, rel=0.1)
    assert expected["multi"].mean() > 1.5 * expected["single"].mean()
    # Counts are Poisson numbers of the expectation; hot pixels come on top.
    hot = float(source._camera.scene.detector.hot.sum())
    counted = frames.frames.sum(axis=(1, 2), dtype=np.int64) - hot
    deviation = (counted - frames.expected) / np.sqrt(frames.expected + hot)
    assert abs(deviation.mean()) < 0.2
    assert deviation.std() == pytest.approx(1, abs=0.1)


def test_the_record_is_json_with_the_condition_and_its_digest() -> None:
    import json

    record: dict[str, Any] = json.loads(json.dumps(Simulation(SMALL).record()))
    assert record["condition"]["name"] == "bright"
    assert record["condition"]["digest"] == conditions.condition("bright").digest
    assert record["condition"]["values"]["beam"]["photon_energy_kev"] > 0
    assert record["pixel_mm"] * 40 == pytest.approx(conditions.condition("bright").detector.longer_side_mm)


def test_scattering_vectors_lie_about_the_middle() -> None:
    q = Simulation(SMALL).scattering_vector()
    assert q.shape == (32, 40)
    assert np.allclose(q, q[::-1, ::-1])
    assert q[15:17, 19:21].max() == q.min()
    edge = 2 * np.pi / Simulation(SMALL).record()["edge_resolution_nm"]
    assert q[16, 0] == pytest.approx(edge, rel=0.03)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"classes": ("background", "singel")}, "did you mean 'single'?"),
        ({"classes": ("single",)}, "two or more"),
        ({"patterns": (1, 2, 2)}, "2 patterns or more"),
        ({"particles": (1, 0, 1)}, "1 particle"),
        ({"frame_shape": (4, 40)}, "8 pixels"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(SpecError, match="data") as error:
        replace(SMALL, **changes)
    assert text in str(error.value)


def test_an_unknown_condition_is_named() -> None:
    with pytest.raises(SpecError, match="did you mean 'reference'"):
        Simulation(replace(SMALL, condition="refrence")).record()


def test_a_chunk_has_a_size() -> None:
    with pytest.raises(SpecError, match="1 or more"):
        Simulation(SMALL).chunks(0)

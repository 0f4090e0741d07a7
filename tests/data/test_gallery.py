"""The gallery: pictures that repeat, of numbers that are those of the data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the gallery needs matplotlib")

from speckleforge.artifacts.dataset import COLUMNS, DatasetWriter, read_dataset
from speckleforge.data import gallery, gallery_figures
from tests.small_data import context

CLASSES = ["background", "single", "multi"]
ROWS, COLUMNS_ = 12, 16


def dataset(folder: Path, count: int = 60, seed: int = 0) -> Path:
    """Patterns whose class sets their brightness; a beam stop in the middle."""
    rng = np.random.default_rng(seed)
    label = np.arange(count) % 3
    photons = rng.poisson(np.broadcast_to(1.0 + 3 * label[:, None, None], (count, ROWS, COLUMNS_)))
    photons[:, 5:7, 7:9] = 0
    columns: dict[str, Any] = {name: np.zeros((count, *entry)) for name, (_, entry, _) in COLUMNS.items()}
    columns |= {"label": label, "split": (np.arange(count) >= 45).astype(int) * 2}
    radius = np.hypot(np.arange(ROWS)[:, None] - 5.5, np.arange(COLUMNS_)[None, :] - 7.5)
    with DatasetWriter(folder, count, (ROWS, COLUMNS_), "uint8", "photons") as writer:
        writer.add(photons, columns)
        writer.finish(radius, "pixel", {}, {"classes": CLASSES, "source": "hdf5", "condition": "", "seed": 0})
    return folder


def test_the_bytes_repeat(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        ctx = context(tmp_path / name, {}, {"dataset": dataset(tmp_path / name / "dataset")})
        gallery.run(ctx)
        found.append({path.name: path.read_bytes() for path in (ctx.out / "gallery").iterdir()})
    assert found[0] == found[1]
    assert set(found[0]) == {"contact_sheet.png", "intensity_over_q.png", "gallery.json"}
    assert b"Software" not in found[0]["contact_sheet.png"]
    listed = json.loads(found[0]["gallery.json"])
    assert [entry["file"] for entry in listed] == ["contact_sheet.png", "intensity_over_q.png"]


def test_the_sheet_shows_the_patterns_of_each_class(tmp_path: Path) -> None:
    data = read_dataset(dataset(tmp_path / "dataset"))
    figure = gallery_figures.contact_sheet(data)
    panels = [axes for axes in figure.axes if axes.images]
    assert len(panels) == 3 * gallery_figures.SHOWN
    for number, axes in enumerate(panels):
        label, place = divmod(number, gallery_figures.SHOWN)
        index = int(gallery_figures.spread(data, label, gallery_figures.SHOWN)[place])
        image = axes.images[0].get_array()
        assert (data.label[index], data.split[index]) == (label, 0)
        assert np.argwhere(image.mask).tolist() == [[5, 7], [5, 8], [6, 7], [6, 8]], "the beam stop"
        lit = data.photons[index] > 0
        assert np.array_equal(image.data[lit], data.photons[index][lit])
        assert (image.data[~lit] < axes.images[0].norm.vmin).all(), "no photon is below the scale"


def test_the_profile_is_the_mean_over_shells_of_open_pixels(tmp_path: Path) -> None:
    data = read_dataset(dataset(tmp_path / "dataset"))
    figure = gallery_figures.intensity_over_q(data)
    open_pixels = data.photons.max(axis=0) > 0
    for label, line in enumerate(figure.axes[0].lines):
        q, mean = line.get_data()
        images = data.photons[(data.label == label) & (data.split == 0)].astype(float)
        half = (q[1] - q[0]) / 2
        for middle, found in zip(q, mean, strict=True):
            above = 1e-5 if middle == q[-1] else -1e-5  # a pixel on an edge belongs to the shell above, if there is one
            shell = open_pixels & (data.q >= middle - half - 1e-5) & (data.q < middle + half + above)
            assert found == pytest.approx(images[:, shell].mean(), rel=1e-9)
        assert line.get_label() == f"{CLASSES[label]}: {len(images)} patterns"


def test_other_patterns_give_another_picture(tmp_path: Path) -> None:
    bytes_of = [
        gallery_figures.png(gallery_figures.contact_sheet(read_dataset(dataset(tmp_path / str(seed), seed=seed))))
        for seed in (0, 1)
    ]
    assert bytes_of[0] != bytes_of[1]

"""The stage `data`: writes `dataset/`. Takes `data` and `image` of the spec; knows no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import COLUMNS, SPLITS, DatasetWriter
from speckleforge.data.simulation.settings import data_settings, image_settings
from speckleforge.data.simulation.source import Chunk, Simulation
from speckleforge.errors import Problem, SpecError, did_you_mean


class Source(Protocol):
    """What every data source offers: a count, a physics record, and chunks of patterns."""

    @property
    def count(self) -> int:
        """Patterns in all chunks."""

    def physics(self) -> dict[str, Any]:
        """Numbers behind the patterns, for the record."""

    def chunks(self) -> Iterator[Chunk]:
        """All patterns, in an order that depends on the settings alone."""


class Tally:
    """Counts per split and class, for `dataset.json`."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self._cells: dict[str, dict[str, dict[str, float]]] = {
            split: {name: {"patterns": 0, "expected": 0.0, "photons": 0.0, "clipped": 0} for name in classes}
            for split in SPLITS
        }
        self._classes = classes

    def add(self, chunk: Chunk) -> None:
        """Count one chunk."""
        cell = self._cells[SPLITS[chunk.split]][self._classes[chunk.label]]
        cell["patterns"] += len(chunk.photons)
        cell["expected"] += chunk.expected
        cell["photons"] += float(chunk.photons.sum(dtype=np.int64))
        cell["clipped"] += chunk.clipped

    def record(self) -> dict[str, Any]:
        """Mean photons per pattern (before noise, and as stored after clipping) and the number of clipped pixels."""
        return {
            split: {
                name: {
                    "patterns": int(cell["patterns"]),
                    "mean_photons": round(cell["photons"] / max(cell["patterns"], 1), 3),
                    "mean_expected_photons": round(cell["expected"] / max(cell["patterns"], 1), 3),
                    "clipped_pixels": int(cell["clipped"]),
                }
                for name, cell in cells.items()
            }
            for split, cells in self._cells.items()
        }


def _columns(chunk: Chunk) -> dict[str, Any]:
    """What a chunk of the simulation knows of each of its patterns."""
    count = len(chunk.photons)
    known = {"label": chunk.label, "particle": chunk.particle, "split": chunk.split, "hits": -1}
    return {name: np.full((count, *COLUMNS[name][1]), known.get(name, np.nan)) for name in COLUMNS}


def run(ctx: StageContext) -> None:
    """Simulate the data set of the spec.

    Raises
    ------
    SpecError
        If the source or a value of `data` is not known.
    """
    kind = ctx.params["data"].get("source", "simulation")
    if kind != "simulation":
        raise SpecError(
            Problem("no such data source", "data.source", kind, "simulation", did_you_mean(kind, ["simulation"]))
        )
    settings, image = data_settings(ctx.params["data"]), image_settings(ctx.params["image"])
    source, tally = Simulation(settings, image), Tally(settings.classes)
    shape = (image.rows, image.columns)
    with DatasetWriter(ctx.out / "dataset", source.count, shape, image.dtype, "photons") as writer:
        for chunk in source.chunks():
            end = writer.add(chunk.photons, _columns(chunk))
            tally.add(chunk)
            ctx.progress(end / source.count, f"{end} of {source.count} patterns")
        grid = source.scene.grid
        q = grid.binned(np.sqrt(grid.qx**2 + grid.qy**2 + grid.qz**2)) / image.bin**2
        about = {"classes": list(settings.classes), "seed": settings.seed, "condition": settings.condition}
        writer.finish(q, "1/nm", {}, {**about, "source": kind})
    record = {
        "source": kind,
        "condition": settings.condition,
        "classes": list(settings.classes),
        "seed": settings.seed,
        "particles": dict(zip(SPLITS, settings.particles, strict=True)),
        "image": {"rows": image.rows, "columns": image.columns, "bits": image.bits, "bin": image.bin},
        "splits": tally.record(),
        "physics": source.physics(),
    }
    ctx.write_json("dataset/dataset.json", record)

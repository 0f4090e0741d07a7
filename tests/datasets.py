"""A small random data set on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from speckleforge.artifacts.dataset import COLUMNS, DatasetWriter

CLASSES = ["background", "single", "multi", "non_sample"]


def write_dataset(
    folder: Path, rows: int, columns: int, *, particles: int = 3, patterns: int = 4, splits: tuple[int, ...] = (0, 1, 2)
) -> Path:
    """`patterns` of each class for each particle of each split; classes differ in brightness."""
    rng = np.random.default_rng(0)
    grid = [
        (split, label, particle)
        for split in splits
        for label in range(len(CLASSES))
        for particle in range(particles)
        for _ in range(patterns)
    ]
    split, label, particle = (np.array(column) for column in zip(*grid, strict=True))
    mean = np.broadcast_to(1.0 + 2.0 * label[:, None, None], (len(grid), rows, columns))
    known = {
        "label": label,
        "particle": np.where(label == 0, -1, particle + 10 * split),
        "split": split,
        "hits": np.array([0, 1, 2, 0])[label],
        "expected": mean.sum(axis=(1, 2)),
    }
    unknown = {name: np.full((len(grid), *entry), np.nan) for name, (_, entry, _) in COLUMNS.items()}
    with DatasetWriter(folder, len(grid), (rows, columns), "uint8", "photons") as writer:
        writer.add(rng.poisson(mean).clip(0, 255), {**unknown, **known})
        q = np.hypot(*np.mgrid[(rows - 1) / -2 : rows / 2, (columns - 1) / -2 : columns / 2])
        writer.finish(q, "pixel", {}, {"classes": CLASSES, "seed": 0, "condition": "none", "source": "test"})
    return folder

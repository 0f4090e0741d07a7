"""A small random data set on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CLASSES = ["background", "single", "multi", "non_sample"]


def write_dataset(folder: Path, rows: int, columns: int, *, particles: int = 3, patterns: int = 4) -> Path:
    """`patterns` of each class for each particle of each split; classes differ in brightness."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    grid = [
        (split, label, particle)
        for split in range(3)
        for label in range(len(CLASSES))
        for particle in range(particles)
        for _ in range(patterns)
    ]
    split, label, particle = (np.array(column) for column in zip(*grid, strict=True))
    photons = rng.poisson(1.0 + 2.0 * label[:, None, None], size=(len(grid), rows, columns)).clip(0, 255)
    np.save(folder / "photons.npy", photons.astype(np.uint8))
    np.save(folder / "label.npy", label.astype(np.int64))
    np.save(folder / "particle.npy", np.where(label == 0, -1, particle + 10 * split).astype(np.int64))
    np.save(folder / "split.npy", split.astype(np.uint8))
    return folder

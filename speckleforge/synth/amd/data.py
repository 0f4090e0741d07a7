"""Data for the bench of the HLS sources: a weight image, the first golden vectors. Takes artifacts; gives a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

PATTERNS = 8  # of the golden vectors: every one is a transaction that a co-simulation takes minutes for


def write_data(folder: Path, vectors: Path, image: Path) -> None:
    """Write `weights.bin` and `vectors/<node>.npy` with the first patterns."""
    (folder / "vectors").mkdir(parents=True)
    shutil.copyfile(image, folder / "weights.bin")
    for path in sorted(vectors.glob("*.npy")):
        np.save(folder / "vectors" / path.name, np.load(path, mmap_mode="r")[:PATTERNS])

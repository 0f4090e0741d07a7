"""The network and the settings of the short trainings here, and the call of the stage `quantize`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import COLUMNS, DatasetWriter
from speckleforge.fixed.types import unsigned
from speckleforge.ir.text import print_topology
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from tests.datasets import CLASSES
from tests.networks import topology
from tests.small_data import context

LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3}),
    ("relu", {}),
    ("maxpool2d", {"size": 2}),
    ("flatten", {}),
    ("dense", {"units": 8}),
    ("head", {"prototypes": 6}),
]
TRAIN: dict[str, Any] = {
    "loss": "supcon",
    "temperature": 0.1,
    "epochs": 12,
    "batch": 32,
    "learning_rate": 0.003,
    "augment": [{"dihedral": {}}],
    "seed": 0,
}
TRAINING = {"method": "training", "train": {**TRAIN, "epochs": 3, "learning_rate": 0.003}}
POST_TRAINING = {"method": "post_training"}


def write_fringes(folder: Path, size: int = 16, particles: int = 10, patterns: int = 12) -> Path:
    """A data set whose classes have equal brightness and differ in the period of fringes alone."""
    rng = np.random.default_rng(0)
    grid = np.indices((3, len(CLASSES), particles, patterns)).reshape(4, -1)
    split, label, particle = grid[:3]
    count = len(label)
    angle, phase = rng.uniform(0, 2 * np.pi, size=(2, count, 1, 1))
    rows, columns = np.mgrid[:size, :size]
    period = np.array([2.5, 4, 6.5, 11])[label][:, None, None] * rng.uniform(0.9, 1.1, (count, 1, 1))
    along = np.cos(angle) * rows + np.sin(angle) * columns
    mean = 8.0 * (1 + 0.9 * np.cos(2 * np.pi * along / period + phase))
    known = {"label": label, "particle": particle + 10 * split, "split": split, "hits": label, "expected": label}
    unknown = {name: np.full((count, *entry), np.nan) for name, (_, entry, _) in COLUMNS.items()}
    with DatasetWriter(folder, count, (size, size), "uint8", "photons") as writer:
        writer.add(rng.poisson(mean).clip(0, 255), {**unknown, **known})
        writer.finish(np.zeros((size, size)), "pixel", {}, {"classes": CLASSES, "seed": 0})
    return folder


def network(bits: tuple[int, int] = (8, 8)) -> Topology:
    return topology(LAYERS, TensorType(unsigned(8), (1, 16, 16)), bits)


def quantise(
    folder: Path,
    trained: StageContext,
    how: dict[str, Any],
    bits: tuple[int, int] = (8, 8),
    progress: Callable[[float, str], None] = lambda done, line: None,
) -> StageContext:
    """Run the stage on what `trained` left."""
    from speckleforge.quantize import stage

    inputs = {"dataset": trained.inputs["dataset"], "checkpoint": trained.out / "checkpoint.safetensors"}
    params = {"topology": print_topology(network(bits)), "classes": CLASSES, "quantize": how}
    ctx = context(folder, params, inputs, progress)
    stage.run(ctx)
    return ctx

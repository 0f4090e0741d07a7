"""A small simulated data set and the stage calls that make it, for the tests of data, training and quantisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.data import stage

CLASSES = ["background", "single", "multi", "non_sample"]
DATA: dict[str, Any] = {
    "condition": "bright",
    "classes": CLASSES,
    "particles": {"train": 6, "validate": 3, "test": 3},
    "patterns": 8,
    "seed": 3,
}
TRAIN: dict[str, Any] = {
    "loss": "supcon",
    "temperature": 0.1,
    "epochs": 3,
    "batch": 32,
    "learning_rate": 0.003,
    "augment": [{"dihedral": {}}],
    "seed": 0,
}
IMAGE = {"rows": 16, "columns": 16, "bits": 8, "bin": 2}


def data_params(image: Mapping[str, int] = IMAGE, **changes: Any) -> dict[str, Any]:
    """Parameters of the data stage: frames of the simulation, binned to `image`."""
    binning, words = image["bin"], {key: image[key] for key in ("rows", "columns", "bits")}
    data = {"source": "simulation", **DATA, "frame": [words[key] * binning for key in ("rows", "columns")], **changes}
    return {"data": data, "preprocess": [{"bin": binning}] if binning > 1 else [], "image": words}


def context(
    folder: Path,
    params: Mapping[str, Any],
    inputs: Mapping[str, Path] | None = None,
    progress: Callable[[float, str], None] = lambda done, message: None,
) -> StageContext:
    """A stage's context in `folder`: out/ is made empty, scratch/ stays as it is."""
    (folder / "out").mkdir(parents=True)
    (folder / "scratch").mkdir(exist_ok=True)
    return StageContext(params, inputs or {}, folder / "out", folder / "scratch", progress)


def make_dataset(folder: Path, **changes: Any) -> Path:
    """Run the data stage; returns the dataset folder."""
    image = {**IMAGE, **changes.pop("image", {})}
    ctx = context(folder, data_params(image, **changes))
    stage.run(ctx)
    return ctx.out / "dataset"

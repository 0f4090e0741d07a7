"""Built simulators and exported artifacts of a design, without training: for the tests of the verify stage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml

from speckleforge.artifacts.context import StageContext
from speckleforge.emit import stage as emit
from speckleforge.export.model import build_model
from speckleforge.export.vectors import write_vectors
from speckleforge.ir.design import Design, print_design
from speckleforge.layers.execute import run_topology
from speckleforge.layers.parameters import write_parameters
from speckleforge.layers.weight_image import build_image
from speckleforge.verify import build
from tests.networks import random_parameters, random_words

PATTERNS = 20


def board_target() -> dict[str, Any]:
    """The board of designs with a serial line."""
    path = Path(__file__).parents[2] / "targets" / "ulx3s-25f.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def build_simulators(
    design: Design, folder: Path, edit: Callable[[Path], None] | None = None, edited: str = "rtl"
) -> Path:
    """Emit, perhaps `edit` the folder `edited`, compile; the folder `simulators`."""
    for name in ("emit", "sim", "scratch"):
        (folder / name).mkdir()
    (folder / "design.txt").write_text(print_design(design), encoding="utf-8")
    emit.run(
        StageContext({"target": board_target()}, {"design": folder / "design.txt"}, folder / "emit", folder / "scratch")
    )
    if edit:
        edit(folder / "emit" / edited)
    inputs = {name: folder / "emit" / name for name in ("rtl", "hls", "bench", "emulator")}
    inputs["design"] = folder / "design.txt"
    build.run(StageContext({}, inputs, folder / "sim", folder / "scratch"))
    return folder / "sim" / "simulators"


def export(design: Design, folder: Path, seed: int = 3) -> dict[str, Path]:
    """What `export` and `weights` would give for random parameters, by the verify stage's roles."""
    folder.mkdir()
    params = random_parameters(design.topology, seed)
    words = random_words(design.topology, PATTERNS, seed)
    write_vectors(folder / "vectors", design.topology, run_topology(design.topology, words, params.values))
    write_parameters(folder / "parameters.safetensors", design.topology, params)
    (folder / "weights.bin").write_bytes(build_image(design.layout, params.values))
    onnx.save(build_model(design.topology, params), folder / "model.onnx")
    (folder / "design.txt").write_text(print_design(design), encoding="utf-8")
    names = {"parameters": "parameters.safetensors", "weights": "weights.bin", "model": "model.onnx"}
    return {role: folder / names.get(role, role) for role in ("vectors", *names)} | {"design": folder / "design.txt"}


def copied(inputs: dict[str, Path], folder: Path) -> dict[str, Path]:
    """The same inputs with vectors and weights of their own, to spoil."""
    shutil.copytree(inputs["vectors"], folder / "vectors")
    shutil.copyfile(inputs["weights"], folder / "weights.bin")
    return inputs | {"vectors": folder / "vectors", "weights": folder / "weights.bin"}


def spoil(path: Path, index: tuple[int, ...], by: int = 1) -> int:
    """Add `by` to one element of a golden vector; its value before."""
    values = np.load(path)
    before = int(values[index])
    values[index] = before + by if before + by <= np.iinfo(values.dtype).max else before - by
    np.save(path, values)
    return before

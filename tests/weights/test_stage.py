from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import DesignError, RangeError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.text import print_topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.parameters import write_parameters
from speckleforge.layers.weight_image import read_image
from speckleforge.weights.stage import run
from tests.networks import random_parameters, topology

NETWORK = topology([("flatten", {}), ("dense", {"units": 3})], TensorType(unsigned(8), (1, 2, 2)))
SETTINGS = "settings family=ecp5 interface=uart clock_khz=25000 banks=1 lanes=1"
KERNELS = "kernels\ndense_1 = dense(input) {boundary=..., a kernel that this stage must not need} : whatever\n"


def context(folder: Path, design: str) -> StageContext:
    (folder / "design.txt").write_text(design)
    (folder / "out").mkdir()
    inputs = {"design": folder / "design.txt", "parameters": folder / "parameters.safetensors"}
    return StageContext({}, inputs, folder / "out", folder)


def test_the_image_holds_the_parameters(tmp_path: Path) -> None:
    params = random_parameters(NETWORK, 4)
    write_parameters(tmp_path / "parameters.safetensors", NETWORK, params)
    ctx = context(tmp_path, f"design 1\n{SETTINGS}\n{print_topology(NETWORK)}{KERNELS}")
    run(ctx)
    values = read_image(layout_of(NETWORK), (ctx.out / "weights.bin").read_bytes())
    assert all(np.array_equal(values[name], params.values[name]) for name in params.values)
    record = json.loads((ctx.out / "weights.json").read_text())
    assert record["payload_bytes"] == layout_of(NETWORK).payload_bytes


def test_parameters_out_of_range_are_refused(tmp_path: Path) -> None:
    params = random_parameters(NETWORK, 4)
    params.values["dense_1.shift"][0] = NETWORK.node("dense_1").op.shift_max + 1
    write_parameters(tmp_path / "parameters.safetensors", NETWORK, params)
    ctx = context(tmp_path, f"design 1\n{SETTINGS}\n{print_topology(NETWORK)}{KERNELS}")
    with pytest.raises(RangeError, match=r"dense_1\.shift: value out of range"):
        run(ctx)


def test_a_text_that_is_no_design_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="not a design"):
        run(context(tmp_path, "design 7\nnonsense\n"))

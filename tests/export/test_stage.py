from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import read_dataset
from speckleforge.errors import FormatError, RangeError
from speckleforge.export.stage import run
from speckleforge.export.vectors import choose_patterns, read_vectors
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.text import print_topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.parameters import read_parameters
from speckleforge.verify.compare import first_differing_node
from speckleforge.verify.onnx import OnnxExecution, load_model
from tests.datasets import CLASSES, write_dataset
from tests.networks import random_tensors, topology

NETWORK = topology(
    [
        ("compand", {"rule": "sqrt", "bits": 4}),
        ("conv2d", {"filters": 2, "kernel": 3}),
        ("relu", {}),
        ("maxpool2d", {"size": 2, "ceil": True}),
        ("flatten", {}),
        ("dense", {"units": 6}),
        ("head", {"prototypes": 5}),
    ],
    TensorType(unsigned(8), (1, 9, 11)),
)


def context(folder: Path, tensors: dict[str, np.ndarray], patterns: int = 10) -> StageContext:
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, folder / "quantised.safetensors")
    inputs = {"dataset": write_dataset(folder / "dataset", 9, 11), "quantised": folder / "quantised.safetensors"}
    (folder / "out").mkdir()
    return StageContext({"topology": print_topology(NETWORK), "patterns": patterns}, inputs, folder / "out", folder)


def test_everything_that_export_writes_agrees(tmp_path: Path) -> None:
    ctx = context(tmp_path, random_tensors(NETWORK, 3))
    run(ctx)
    params = read_parameters(ctx.out / "parameters.safetensors", NETWORK)
    assert list(params.values) == [segment.name for segment in layout_of(NETWORK).segments]
    vectors = read_vectors(ctx.out / "vectors")
    record = json.loads((ctx.out / "vectors" / "vectors.json").read_text())
    assert record == {"patterns": 10, "nodes": [node.name for node in NETWORK]}
    reference = run_topology(NETWORK, vectors["input"], params.values)
    assert first_differing_node(reference, vectors, list(reference)) is None
    model = load_model(ctx.out / "model.onnx")
    got = OnnxExecution(model, NETWORK).run(vectors["input"])
    assert first_differing_node(vectors, got, list(vectors)) is None
    assert np.load(ctx.out / "vectors" / "head_6.npy").dtype == np.int64
    assert np.load(ctx.out / "vectors" / "compand_0.npy").dtype == np.uint8


def test_the_record_says_how_each_layer_is_exact(tmp_path: Path) -> None:
    ctx = context(tmp_path, random_tensors(NETWORK, 3))
    run(ctx)
    record = json.loads((ctx.out / "conformance.json").read_text())
    assert record["conforms"]
    assert [row["node"] for row in record["layers"]] == ["conv2d_1", "dense_5"]
    assert all(row["realisation"] == "float32" and row["worst_sum"] <= 1 << 24 for row in record["layers"])


def test_equal_inputs_give_equal_bytes(tmp_path: Path) -> None:
    outputs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        ctx = context(tmp_path / name, random_tensors(NETWORK, 3))
        run(ctx)
        outputs.append({path.relative_to(ctx.out): path.read_bytes() for path in ctx.out.rglob("*") if path.is_file()})
    assert outputs[0] == outputs[1]


def test_patterns_are_of_the_test_split_and_of_every_class(tmp_path: Path) -> None:
    data = read_dataset(write_dataset(tmp_path / "dataset", 3, 3))
    for count in (4, 7, 1000):
        chosen = choose_patterns(data, count)
        assert len(set(chosen.tolist())) == len(chosen) == min(count, len(data.indices("test")))
        assert set(data.split[chosen]) == {2}
        tally = np.bincount(data.label[chosen], minlength=len(CLASSES))
        assert tally.max() - tally.min() <= 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t.pop("conv2d_1.bias"), "conv2d_1.bias: tensor is missing"),
        (lambda t: t.pop("conv2d_1.frac"), "conv2d_1.frac: tensor is missing"),
        (lambda t: t.update({"dense_9.weight": np.zeros(1, np.int64)}), "dense_9.weight: not a tensor"),
        (lambda t: t.update({"dense_5.bias": np.zeros(5, np.int64)}), "dense_5.bias: tensor of another kind"),
        (lambda t: t.update({"dense_5.bias": np.zeros(6)}), "dense_5.bias: tensor of another kind"),
        (lambda t: t["conv2d_1.weight"].__setitem__((0, 0, 0, 0), 128), "conv2d_1.weight: value out of range"),
        (lambda t: t["conv2d_1.shift"].__setitem__(0, 99), "conv2d_1.shift: value out of range"),
        (lambda t: t["conv2d_1.weight_frac"].__setitem__(1, 40), r"conv2d_1.shift\[1\]: shift is not"),
        (lambda t: t.update({"maxpool2d_3.frac": t["maxpool2d_3.frac"] + 1}), "maxpool2d_3.frac: layer must keep"),
        (lambda t: t.update({"input.frac": np.array(99)}), "input.frac: fraction bits out of range"),
    ],
)
def test_what_does_not_conform_is_refused(tmp_path: Path, change: object, complaint: str) -> None:
    tensors = random_tensors(NETWORK, 3)
    change(tensors)
    with pytest.raises((FormatError, RangeError), match=complaint):
        run(context(tmp_path, tensors))
    assert not (tmp_path / "out" / "parameters.safetensors").exists()


def test_parameters_hold_the_smallest_types_and_one_metadata_key(tmp_path: Path) -> None:
    ctx = context(tmp_path, random_tensors(NETWORK, 3))
    run(ctx)
    tensors = load_file(ctx.out / "parameters.safetensors")
    assert tensors["conv2d_1.weight"].dtype == np.int8
    assert tensors["head_6.threshold"].dtype == np.uint32
    header = (ctx.out / "parameters.safetensors").read_bytes()
    size = int.from_bytes(header[:8], "little")
    assert len(json.loads(header[8 : 8 + size])["__metadata__"]) == 1


def test_another_image_size_is_refused(tmp_path: Path) -> None:
    ctx = context(tmp_path, random_tensors(NETWORK, 3))
    write_dataset(tmp_path / "dataset", 5, 5)
    with pytest.raises(FormatError, match="not of the network's input shape"):
        run(ctx)

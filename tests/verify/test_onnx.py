from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from speckleforge.errors import FormatError
from speckleforge.export.model import build_model
from speckleforge.fixed.types import unsigned
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.verify.compare import first_differing_node
from speckleforge.verify.onnx import OnnxExecution, load_model, run_levels
from tests.networks import random_parameters, random_words, topology

NETWORK = topology(
    [("conv2d", {"filters": 2, "kernel": 3}), ("relu", {}), ("flatten", {}), ("dense", {"units": 5})],
    TensorType(unsigned(6), (1, 6, 7)),
)
PARAMS = random_parameters(NETWORK, 1)
WORDS = random_words(NETWORK, 4)


def test_every_node_is_exposed_at_every_level() -> None:
    reference = run_topology(NETWORK, WORDS, PARAMS.values)
    for level, got in run_levels(build_model(NETWORK, PARAMS), NETWORK, WORDS).items():
        assert set(got) == set(reference) - {"input"}, level
        assert first_differing_node(reference, got, list(reference)) is None


def test_one_corrupt_weight_is_found_at_its_node() -> None:
    model = build_model(NETWORK, PARAMS)
    for tensor in model.graph.initializer:
        if tensor.name == "dense_3/bias_q":
            damaged = numpy_helper.to_array(tensor).copy()
            damaged[2] += 1 << 14
            tensor.CopyFrom(numpy_helper.from_array(damaged, tensor.name))
    got = OnnxExecution(model, NETWORK).run(WORDS)
    found = first_differing_node(run_topology(NETWORK, WORDS, PARAMS.values), got, ["conv2d_0", "dense_3"])
    assert found is not None
    assert (found.node, found.index) == ("dense_3", (2,))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"\x00garbage")
    with pytest.raises(FormatError, match="not an ONNX model"):
        load_model(tmp_path / "model.onnx")


def test_a_model_file_round_trips(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(build_model(NETWORK, PARAMS).SerializeToString(deterministic=True))
    model = load_model(path)
    assert (model.ir_version, model.opset_import[0].version) == (10, 21)
    assert isinstance(model, onnx.ModelProto)
    assert np.array_equal(
        OnnxExecution(model, NETWORK, boundaries=False).run(WORDS)["dense_3"],
        run_topology(NETWORK, WORDS, PARAMS.values)["dense_3"],
    )

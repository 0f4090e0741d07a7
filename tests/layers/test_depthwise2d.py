"""depthwise2d: element by element, against a convolution of other channels' zeros, shapes, what its floats become."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.export.model import exactness
from speckleforge.fixed.types import signed, unsigned
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import Pads
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from speckleforge.layers.execute import run_topology
from tests.layers.executions import any_case, check_all, check_onnx
from tests.networks import random_parameters, random_words, topology

IMAGE = TensorType(unsigned(4), (3, 9, 12))
SEPARABLE: list[tuple[str, dict[str, Any]]] = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3, "stride": 2, "padding": "same"}),
    ("relu", {}),
    ("depthwise2d", {"kernel": 3, "padding": "same"}),
    ("batchnorm", {}),
    ("relu", {}),
    ("conv2d", {"filters": 6, "kernel": 1}),
    ("relu", {}),
    ("avgpool2d", {"size": "global"}),
    ("flatten", {}),
    ("dense", {"units": 5}),
    ("head", {"prototypes": 3}),
]


def deep(keys: dict[str, Any], source: TensorType = IMAGE) -> Any:
    return op_class("depthwise2d").from_spec(keys, source, LayerContext(8, 8, False))


@pytest.mark.parametrize("seed", range(200, 206))
def test_every_element_is_the_rounded_sum(seed: int) -> None:
    network = any_case("depthwise2d", seed)
    params = random_parameters(network, seed)
    values = run_topology(network, random_words(network, 1, seed), params.values)
    node, op, source = next(step for step in network.steps() if step[0].kind == "depthwise2d")
    x, y, pads = values[node.source][0], values[node.name][0], op.pads(source)
    weight, bias, shift = (params.values[f"{node.name}.{name}"] for name in ("weight", "bias", "shift"))
    for c, r, k in product(*map(range, y.shape)):
        acc = int(bias[c])
        for i, j in product(*map(range, op.kernel)):
            row, column = r * op.stride[0] + i - pads.top, k * op.stride[1] + j - pads.left
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                acc += int(weight[c, 0, i, j]) * int(x[c, row, column])
        assert y[c, r, k] == min(max(round(Fraction(acc, 1 << int(shift[c]))), op.out.min), op.out.max)


@given(
    seed=st.integers(0, 1 << 20),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.sampled_from(["valid", "same"]),
)
@settings(max_examples=40, deadline=None)
def test_it_is_a_convolution_whose_other_channels_weigh_nothing(
    seed: int, kernel: tuple[int, int], stride: tuple[int, int], padding: str
) -> None:
    keys = {"kernel": list(kernel), "stride": list(stride), "padding": padding}
    op, rng = deep(keys), np.random.default_rng(seed)
    full = op_class("conv2d").from_spec({"filters": 3, **keys}, IMAGE, LayerContext(8, 8, False))
    x = rng.integers(0, 16, (2, *IMAGE.shape))
    own = {"weight": rng.integers(-128, 128, (3, 1, *kernel)), "bias": rng.integers(-999, 999, 3)}
    wide = np.zeros((3, 3, *kernel), np.int64)
    wide[range(3), range(3)] = own["weight"][:, 0]
    wanted = facet("conv2d", "reference").accumulate(full, IMAGE, x, {**own, "weight": wide})
    assert np.array_equal(facet("depthwise2d", "reference").accumulate(op, IMAGE, x, own), wanted)
    torch = pytest.importorskip("torch")
    module = facet("depthwise2d", "torch").build(op.structure(), IMAGE.shape)
    with torch.no_grad():
        for name, value in own.items():
            getattr(module, name).copy_(torch.from_numpy(value))
        got = module(torch.from_numpy(x.astype(np.float32))).numpy()
    assert np.array_equal(got, wanted)


@pytest.mark.parametrize(
    ("keys", "pads", "shape"),
    [
        ({"kernel": [3, 5]}, Pads(), (3, 7, 8)),
        ({"kernel": 4, "padding": "same"}, Pads(1, 1, 2, 2), (3, 9, 12)),
        ({"kernel": 3, "padding": "same", "stride": 2}, Pads(1, 0, 1, 1), (3, 5, 6)),
        ({"kernel": [9, 12]}, Pads(), (3, 1, 1)),
    ],
)
def test_shapes_parameters_and_products(keys: dict, pads: Pads, shape: tuple[int, ...]) -> None:
    op = deep(keys)
    assert (op.pads(IMAGE), op.infer(IMAGE).shape) == (pads, shape)
    taps = op.kernel[0] * op.kernel[1]
    assert [spec.shape for spec in op.parameters(IMAGE)] == [(3, 1, *op.kernel), (3,), (3,)]
    assert op.network_parameters(IMAGE) == 3 * (taps + 1)
    assert op.macs(IMAGE) == shape[0] * shape[1] * shape[2] * taps
    assert op.acc(IMAGE).max >= taps * 15 * 128 + op.bias.magnitude
    assert op.bias.max >= taps * 15 * 128 > signed(op.bias.bits - 1).max


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DesignError, match="kernel is larger"):
        deep({"kernel": 10}).infer(IMAGE)
    with pytest.raises(DesignError, match="depthwise2d needs an image"):
        deep({"kernel": 1}, TensorType(unsigned(4), (9,)))


@pytest.mark.parametrize("bits", [(8, 16), (16, 8), (16, 16), (12, 12)])
def test_sums_beyond_float32_are_exact(bits: tuple[int, int], tmp_path: Path) -> None:
    before = [("conv2d", {"filters": 3, "kernel": 1}), ("relu", {})]
    keys = {"kernel": [5, 7], "padding": "same", "stride": [1, 2]}
    network = topology([*before, ("depthwise2d", keys)], TensorType(unsigned(16), (1, 9, 13)), bits)
    worst = exactness(network, random_parameters(network, 5, extreme=True))[-1]
    assert worst.worst_sum > 1 << 24
    assert worst.realisation == "float64"
    check_all(network, 5, tmp_path, extreme=True)


@pytest.mark.parametrize("bits", [(8, 4), (4, 4), (2, 3), (8, 8), (4, 8), (16, 4), (6, 2)])
def test_narrow_activations_between_wide_weights_in_onnxruntime(bits: tuple[int, int]) -> None:
    rows = [*SEPARABLE[1:4], *SEPARABLE[5:11]]
    network = topology(rows, TensorType(unsigned(4), (1, 11, 9)), bits)
    params, words = random_parameters(network, 1), random_words(network, 3, 1)
    check_onnx(network, params, words, run_topology(network, words, params.values))


def test_a_separable_network(tmp_path: Path) -> None:
    network = topology(SEPARABLE, TensorType(unsigned(8), (1, 17, 14)))
    # 4 * 10 + 4 * 10 + 2 * 4 + 6 * 5 + 5 * 7 trained values.
    assert network.network_parameters == 40 + 40 + 8 + 30 + 35
    assert network.macs == 4 * 63 * 9 + 4 * 63 * 9 + 6 * 63 * 4 + 5 * 6
    check_all(network, 4, tmp_path)


@pytest.mark.parametrize("bits", [(8, 8), (4, 4)])
def test_floats_become_integers_that_training_sees(bits: tuple[int, int]) -> None:
    pytest.importorskip("torch")
    from speckleforge.layers.parameters import conform
    from speckleforge.quantize.fake_network import FakeNetwork
    from speckleforge.quantize.network import quantise_network

    network = topology(SEPARABLE[:-1], TensorType(unsigned(8), (1, 17, 14)), bits)
    rng = np.random.default_rng(0)
    floats = {}
    for node, op, source in network.steps():
        if hasattr(op, "weights"):
            floats[f"{node.name}.weight"] = rng.normal(size=op.weight_shape(source)) / op.fan_in(source) ** 0.5
            floats[f"{node.name}.bias"] = 0.1 * rng.normal(size=op.fan_out())
    # One channel that nothing reaches, one with a scale of its own: fractions of a weight are per channel.
    floats["depthwise2d_3.weight"][0] = 0
    floats["depthwise2d_3.weight"][1] *= 8
    words = rng.poisson(4, size=(24, 1, 17, 14))
    found = quantise_network(network, floats, words, input_frac=0, progress=lambda done, line: None)
    params = conform(network, found.tensors())
    fracs = params.weight_frac["depthwise2d_3"]
    assert fracs.shape == (4,)
    assert fracs[1] < fracs[2]
    row = next(row for row in found.record if row["node"] == "depthwise2d_3")
    assert row["sqnr_db"] > (20 if bits == (8, 8) else 5)
    learned = FakeNetwork(network, floats, found)
    values = run_topology(network, words, learned.quantised().values)
    for name, integers in learned.integers(words).items():
        assert np.array_equal(values[name], integers), name

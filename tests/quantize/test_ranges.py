"""Whatever the weights, what leaves the room fits the topology: dead channels, huge weights, huge biases, few bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from speckleforge.errors import FormatError  # noqa: E402
from speckleforge.fixed.types import IntType, unsigned  # noqa: E402
from speckleforge.ir.op import LinearOp  # noqa: E402
from speckleforge.ir.topology import Topology  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.layers.execute import run_topology  # noqa: E402
from speckleforge.layers.parameters import conform  # noqa: E402
from speckleforge.quantize.network import quantise_network  # noqa: E402
from speckleforge.quantize.scales import dequantised, largest_frac, quantised, weight_fracs  # noqa: E402
from tests.networks import topology  # noqa: E402

LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3, "padding": "same"}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("flatten", {}),
    ("dense", {"units": 6}),
    ("relu", {}),
    ("dense", {"units": 5}),
]
MAGNITUDES = [0.0, 1e-30, 1e-6, 1e-2, 1.0, 30.0, 1e4, 1e12, 1e30]


def network(weights: int, activations: int) -> Topology:
    return topology(LAYERS, TensorType(unsigned(8), (1, 7, 9)), (weights, activations))


def random_floats(shape_of: Topology, seed: int) -> dict[str, np.ndarray]:
    """Weights and biases whose scale differs wildly from channel to channel."""
    rng = np.random.default_rng(seed)
    found = {}
    for node, op, source in shape_of.steps():
        if isinstance(op, LinearOp):
            scale = rng.choice(MAGNITUDES, size=op.fan_out(), p=[0.2, 0.05, 0.05, 0.2, 0.3, 0.05, 0.05, 0.05, 0.05])
            weight = rng.normal(size=op.weight_shape(source))
            found[f"{node.name}.weight"] = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
            found[f"{node.name}.bias"] = rng.normal(size=op.fan_out()) * rng.choice(MAGNITUDES, size=op.fan_out())
    return {name: value.astype(np.float32).astype(np.float64) for name, value in found.items()}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), bits=st.tuples(st.integers(2, 12), st.integers(2, 12)), dark=st.booleans())
def test_every_range_holds(seed: int, bits: tuple[int, int], dark: bool) -> None:
    fixed = network(*bits)
    rng = np.random.default_rng(seed)
    words = np.zeros((6, 1, 7, 9), np.int64) if dark else rng.integers(0, 256, size=(6, 1, 7, 9))
    found = quantise_network(
        fixed, random_floats(fixed, seed), words, input_frac=0, progress=lambda done, message: None
    )
    params = conform(fixed, found.tensors())  # raises where a value, a shift or a frac does not fit
    hard = np.where(rng.random(words.shape) < 0.5, 255, 0)
    run_topology(fixed, hard, params.values)  # raises where a result leaves its type


@pytest.mark.parametrize("weights", [8, 4])
def test_ordinary_weights_lose_little(weights: int) -> None:
    fixed, rng = network(weights, 8), np.random.default_rng(0)
    floats = {}
    for node, op, source in fixed.steps():
        if isinstance(op, LinearOp):
            floats[f"{node.name}.weight"] = rng.normal(size=op.weight_shape(source)) / op.fan_in(source) ** 0.5
            floats[f"{node.name}.bias"] = 0.1 * rng.normal(size=op.fan_out())
    words = rng.poisson(4, size=(32, 1, 7, 9))
    found = quantise_network(fixed, floats, words, input_frac=0, progress=lambda done, message: None)
    noise = [row["sqnr_db"] for row in found.record if row["kind"] in ("conv2d", "dense")]
    assert min(noise) > (28 if weights == 8 else 10)
    assert found.record[0]["sqnr_db"] is None  # companding is exact: training sees the hardware's integers
    assert all(row["saturated_fraction"] < 0.02 for row in found.record if row["kind"] in ("conv2d", "dense"))


def test_a_dead_channel_keeps_its_bias() -> None:
    fixed = topology([("flatten", {}), ("dense", {"units": 2})], TensorType(unsigned(4), (1, 2, 2)))
    floats = {"dense_1.weight": np.array([[0.0] * 4, [0.5] * 4]), "dense_1.bias": np.array([3.0, -1.0])}
    words = np.random.default_rng(0).integers(0, 16, size=(20, 1, 2, 2))
    found = quantise_network(fixed, floats, words, input_frac=4, progress=lambda done, message: None)
    result = run_topology(fixed, words, found.values)["dense_1"]
    assert np.allclose(dequantised(result[:, 0], found.frac["dense_1"]), 3.0, atol=0.05)
    assert found.record[-1]["dead_channels"] == 1


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_checkpoint_that_is_not_finite_is_refused(value: float) -> None:
    fixed = network(8, 8)
    floats = random_floats(fixed, 0)
    floats["dense_5.bias"][2] = value
    with pytest.raises(FormatError, match=r"dense_5\.bias.*not finite"):
        quantise_network(
            fixed, floats, np.zeros((1, 1, 7, 9), np.int64), input_frac=0, progress=lambda done, message: None
        )


def test_a_checkpoint_of_another_network_is_refused() -> None:
    fixed = network(8, 8)
    floats = random_floats(fixed, 0)
    del floats["conv2d_1.weight"]
    with pytest.raises(FormatError, match=r"conv2d_1\.weight"):
        quantise_network(
            fixed, floats, np.zeros((1, 1, 7, 9), np.int64), input_frac=0, progress=lambda done, message: None
        )


@given(st.floats(1e-12, 1e12), st.integers(2, 16), st.booleans())
def test_largest_frac_fits_and_one_more_does_not(magnitude: float, bits: int, is_signed: bool) -> None:
    to = IntType(bits, is_signed)
    frac = int(largest_frac(magnitude, to))
    assert np.rint(np.ldexp(magnitude, frac)) <= to.max
    assert np.ldexp(magnitude, frac + 1) > to.max + 0.49


def test_weight_fracs_clip_only_where_that_errs_less() -> None:
    to = IntType(4, True)
    outlier = np.array([[0.26, 0.11, -0.09, 0.12, 0.1, -0.13, 0.08, 0.11]])
    even = np.array([[0.4, -0.4, 0.4, -0.4, 0.4, -0.4, 0.4, -0.4]])
    whole = [int(largest_frac(np.abs(w).max(), to)) for w in (outlier, even)]
    assert int(weight_fracs(even, to)[0]) == whole[1]
    assert int(weight_fracs(outlier, to)[0]) in (whole[0], whole[0] + 1)
    assert quantised([0.5, 1.5, 2.5], 0, to).tolist() == [0, 2, 2]

"""batchnorm: what folding computes, and where it may stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.text import parse_topology, print_topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from speckleforge.layers.batchnorm.fold import fold
from tests.networks import topology

torch = pytest.importorskip("torch")
IMAGE = TensorType(unsigned(4), (2, 7, 9))
CONV = ("conv2d", {"filters": 5, "kernel": 3})
DENSE = ("dense", {"units": 5})


def pair(kind: str) -> tuple:
    """(linear module, batchnorm module, input) in float64 with trained-looking values."""
    window = {"kernel": [3, 3], "stride": [1, 1], "padding": "valid"}
    source, fields, out = {
        "conv2d": ((2, 7, 9), {"filters": 5, **window}, (5, 5, 7)),
        "depthwise2d": ((5, 7, 9), {"channels": 5, **window}, (5, 5, 7)),
        "dense": ((12,), {"units": 5}, (5,)),
    }[kind]
    linear = facet(kind, "torch").build(fields, source).double()
    norm = facet("batchnorm", "torch").build({}, out).double()
    return linear, norm, torch.randn(16, *source, dtype=torch.float64)


@pytest.mark.parametrize("kind", ["conv2d", "depthwise2d", "dense"])
@given(seed=st.integers(0, 1 << 16), spread=st.floats(1e-6, 1e3))
@settings(max_examples=20, deadline=None)
def test_a_folded_layer_computes_what_both_did(kind: str, seed: int, spread: float) -> None:
    torch.manual_seed(seed)
    linear, norm, x = pair(kind)
    for tensor in (norm.weight, norm.bias, norm.running_mean):
        tensor.data.normal_(0, 2)
    norm.running_var.uniform_(0, spread)
    norm.eval()
    with torch.no_grad():
        wanted = norm(linear(x))
        weight, bias = fold(*(t.numpy() for t in (linear.weight, linear.bias, norm.weight, norm.bias)),
                            norm.running_mean.numpy(), norm.running_var.numpy(), norm.eps)  # fmt: skip
        linear.weight.copy_(torch.from_numpy(weight))
        linear.bias.copy_(torch.from_numpy(bias))
        got = linear(x)
    assert weight.dtype == bias.dtype == np.float64
    torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-9 * float(wanted.abs().max() + 1))


def test_the_statistics_train() -> None:
    linear, norm, x = pair("conv2d")
    norm(linear(x))
    assert float(norm.running_mean.abs().max()) > 0


def test_a_relu_is_seen_through_it() -> None:
    network = topology([CONV, ("batchnorm", {}), ("relu", {}), ("flatten", {}), DENSE, ("batchnorm", {})], IMAGE)
    assert [str(node.out.type) for node in network][1:4] == ["u8"] * 3
    assert str(network.nodes[-1].out.type) == "s8"
    assert network.network_parameters == 5 * (18 + 1) + 2 * 5 + 5 * (5 * 35 + 1) + 2 * 5
    assert list(network.parameters()) == list(parse_topology(print_topology(network), op_class).parameters())


@pytest.mark.parametrize(
    "layers",
    [
        [("batchnorm", {})],
        [CONV, ("relu", {}), ("batchnorm", {})],
        [CONV, ("maxpool2d", {"size": 2}), ("batchnorm", {})],
        [CONV, ("batchnorm", {}), ("batchnorm", {})],
    ],
)
def test_it_stands_right_behind_what_takes_it_up(layers: list) -> None:
    with pytest.raises(DesignError, match="batchnorm does not follow conv2d or dense"):
        topology(layers, IMAGE)

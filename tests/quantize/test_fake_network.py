"""The fake-quantised forward is the integer reference, at every node, whatever the bits, weights and learned scales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from speckleforge.fixed.types import signed, unsigned  # noqa: E402
from speckleforge.ir.op import LinearOp  # noqa: E402
from speckleforge.ir.topology import Topology  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.layers import kinds  # noqa: E402
from speckleforge.layers.execute import run_topology  # noqa: E402
from speckleforge.layers.parameters import conform  # noqa: E402
from speckleforge.quantize.fake import fake_quantise  # noqa: E402
from speckleforge.quantize.fake_network import FakeNetwork  # noqa: E402
from speckleforge.quantize.network import quantise_network  # noqa: E402
from tests.networks import topology  # noqa: E402

IMAGE = TensorType(unsigned(8), (1, 9, 11))
PLAIN: list[tuple[str, dict[str, Any]]] = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 4, "kernel": 3, "padding": "same"}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("conv2d", {"filters": 3, "kernel": 2, "stride": 2}),
    ("maxpool2d", {"size": 2, "stride": 1}),
    ("flatten", {}),
    ("dense", {"units": 6}),
    ("relu", {}),
    ("dense", {"units": 5}),
]
WITH_PRELU = [*PLAIN[:5], ("prelu", {}), *PLAIN[6:]]
WITH_AVERAGE = [*PLAIN[:5], ("relu", {}), ("avgpool2d", {"size": "global"}), *PLAIN[6:]]
SEPARABLE = [
    *PLAIN[:3],
    ("depthwise2d", {"kernel": 3}),
    ("relu", {}),
    ("conv2d", {"filters": 5, "kernel": 1}),
    *PLAIN[6:],
]
NETWORKS = {
    "plain": PLAIN,
    "separable": SEPARABLE,
    "without_compand": PLAIN[1:],
    **({"prelu": WITH_PRELU} if "prelu" in kinds("quantise.py") else {}),
    **({"average": WITH_AVERAGE} if "avgpool2d" in kinds("quantise.py") else {}),
}


def random_checkpoint(fixed: Topology, rng: np.random.Generator, wild: bool) -> dict[str, np.ndarray]:
    """Ordinary weights; `wild`: channels of very different scale, some dead, and large biases."""
    found = {}
    for node, op, source in fixed.steps():
        if isinstance(op, LinearOp):
            shape = op.weight_shape(source)
            scale = np.exp2(rng.integers(-12, 12, size=shape[0])) * (rng.random(shape[0]) > 0.2) if wild else 1.0
            weight = rng.normal(size=shape) / op.fan_in(source) ** 0.5
            found[f"{node.name}.weight"] = weight * np.reshape(scale, (-1, *[1] * (len(shape) - 1)))
            found[f"{node.name}.bias"] = rng.normal(size=shape[0]) * (rng.choice([0, 1e-6, 0.1, 1e3]) if wild else 0.1)
        elif node.kind == "prelu":
            found[f"{node.name}.slope"] = rng.uniform(-0.2, 0.9, size=1)
    return {name: value.astype(np.float32).astype(np.float64) for name, value in found.items()}


def fake_network(fixed: Topology, rng: np.random.Generator, wild: bool) -> FakeNetwork:
    """A network as in the middle of training: its fracs have moved away from where they started."""
    words = rng.poisson(3, size=(8, *fixed.nodes[0].out.shape))
    floats = random_checkpoint(fixed, rng, wild)
    start = quantise_network(
        fixed, floats, words, input_frac=0 if fixed.nodes[1].kind == "compand" else 4, progress=lambda *_: None
    )
    network = FakeNetwork(fixed, floats, start)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("_frac"):
                moved = rng.normal(size=value.shape) * (1.0 if wild else 0.2)
                value.add_(torch.from_numpy(moved.astype(np.float32)))
    return network


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(NETWORKS)),
    bits=st.tuples(st.integers(2, 12), st.integers(2, 12)),
    seed=st.integers(0, 10**6),
    wild=st.booleans(),
)
def test_every_node_equals_the_integers(name: str, bits: tuple[int, int], seed: int, wild: bool) -> None:
    fixed, rng = topology(NETWORKS[name], IMAGE, bits), np.random.default_rng(seed)
    network = fake_network(fixed, rng, wild)
    words = np.where(rng.random((5, *IMAGE.shape)) < 0.3, rng.integers(0, 256, (5, *IMAGE.shape)), 3)
    found = network.quantised()
    wanted = run_topology(fixed, words, conform(fixed, found.tensors()).values)  # raises where a range does not hold
    got = network.integers(words)
    for node in fixed.nodes[1:]:
        assert np.array_equal(got[node.name], wanted[node.name]), node.name


def test_wide_sums_are_exact_too() -> None:
    """12-bit weights and inputs with 200 products: beyond the 24 bits of float32."""
    fixed = topology([("flatten", {}), ("dense", {"units": 8})], TensorType(unsigned(12), (1, 10, 20)), (12, 16))
    rng = np.random.default_rng(0)
    floats = {"dense_1.weight": rng.uniform(0.5, 1, (8, 200)), "dense_1.bias": rng.normal(size=8)}
    floats = {name: value.astype(np.float32).astype(np.float64) for name, value in floats.items()}
    words = rng.integers(3000, 4096, size=(600, 1, 10, 20))
    start = quantise_network(fixed, floats, words, input_frac=12, progress=lambda *_: None)
    network = FakeNetwork(fixed, floats, start)
    wanted = run_topology(fixed, words, network.quantised().values)["dense_1"]
    assert np.array_equal(network.integers(words)["dense_1"], wanted)


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=20), st.floats(-2.4, 2.4), st.integers(2, 5))
def test_gradients_are_those_of_the_scale(values: list[float], frac: float, bits: int) -> None:
    """Straight through the rounding: the learned scale sees the error inside the range, and the value beyond it."""
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    learned = torch.tensor([frac], dtype=torch.float64, requires_grad=True)
    whole = round(frac)
    y = fake_quantise(x, learned, whole, signed(bits))
    y.sum().backward()  # type: ignore[no-untyped-call]
    scaled = np.array(values) * 2.0**whole
    inside = (np.rint(scaled) >= -(2 ** (bits - 1))) & (np.rint(scaled) <= 2 ** (bits - 1) - 1)
    assert x.grad is not None
    assert learned.grad is not None
    assert np.array_equal(x.grad.numpy(), inside.astype(float))
    error = np.where(inside, np.array(values), 0) - y.detach().numpy()
    assert float(learned.grad) == pytest.approx(np.log(2) * error.sum(), abs=1e-9)


def test_learning_a_scale_finds_the_least_error() -> None:
    """From a scale four octaves off, gradient descent comes to the power of two that a search finds."""
    x = torch.from_numpy(np.random.default_rng(1).normal(size=4000))

    def error(frac: int) -> float:
        return float(((fake_quantise(x, torch.zeros(1), frac, signed(4)) - x) ** 2).mean())

    best = min(range(-4, 8), key=error)
    for start in (best - 4, best + 4):
        frac = torch.tensor([float(start)], dtype=torch.float64, requires_grad=True)
        adam = torch.optim.Adam([frac], lr=0.05)
        for _ in range(200):
            adam.zero_grad()
            y = fake_quantise(x, frac, round(float(frac.detach())), signed(4))
            ((y - x) ** 2).mean().backward()  # type: ignore[no-untyped-call]
            adam.step()
        assert abs(float(frac.detach()) - best) <= 1


def test_a_dead_channel_can_come_alive() -> None:
    fixed = topology([("flatten", {}), ("dense", {"units": 2})], TensorType(unsigned(4), (1, 2, 2)))
    floats = {"dense_1.weight": np.array([[0.0] * 4, [0.5] * 4]), "dense_1.bias": np.zeros(2)}
    words = np.random.default_rng(0).integers(0, 16, size=(20, 1, 2, 2))
    start = quantise_network(fixed, floats, words, input_frac=4, progress=lambda *_: None)
    layer = FakeNetwork(fixed, floats, start).steps["dense_1"]
    with torch.no_grad():
        layer.weight[0] += 0.01
    assert (layer.quantised(4).values["weight"][0] != 0).all()

"""Torch facets: shapes as the topology infers them, integers as the reference gives them."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.fixed.types import unsigned  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.layers import facet  # noqa: E402
from speckleforge.learning.network import Network, input_frac  # noqa: E402
from tests.networks import KCU1500, topology  # noqa: E402

WORD = TensorType(unsigned(8), (1, 17, 22))


@pytest.mark.parametrize("gain", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("bits", [1, 4, 8])
def test_compand_is_exact_for_every_word(gain: int, bits: int) -> None:
    layers = topology([("compand", {"rule": "sqrt", "gain": gain, "bits": bits})], TensorType(unsigned(16), (256,)))
    _, op, source = next(layers.steps())
    words = np.arange(2**16)
    want = facet("compand", "reference").run(op, source, words, {"thresholds": np.array(op.initial_thresholds(source))})
    module = facet("compand", "torch").build(op.structure(), source.shape)
    got = module(torch.from_numpy(words.astype(np.float32))).numpy() * 2.0**bits
    assert np.array_equal(got, want)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, [3, 2]])
@pytest.mark.parametrize("kernel", [1, 2, [4, 3], 5])
def test_conv2d_equals_the_integer_accumulator(kernel: object, stride: object, padding: str) -> None:
    keys = {"filters": 3, "kernel": kernel, "stride": stride, "padding": padding}
    (_, op, source) = next(topology([("conv2d", keys)], TensorType(unsigned(4), (2, 11, 14))).steps())
    rng = np.random.default_rng(0)
    x = rng.integers(0, 16, size=(2, *source.shape))
    params = {
        "weight": rng.integers(-9, 9, size=op.weight_shape(source)),
        "bias": rng.integers(-50, 50, size=3),
    }
    module = facet("conv2d", "torch").build(op.structure(), source.shape)
    with torch.no_grad():
        for name, value in params.items():
            getattr(module, name).copy_(torch.from_numpy(value))
        got = module(torch.from_numpy(x.astype(np.float32))).numpy()
    assert np.array_equal(got, facet("conv2d", "reference").accumulate(op, source, x, params))


@pytest.mark.parametrize("ceil", [True, False])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), ([3, 2], [2, 3]), (3, 3)])
def test_maxpool2d_equals_the_reference(size: object, stride: object, ceil: bool) -> None:
    (_, op, source) = next(topology([("maxpool2d", {"size": size, "stride": stride, "ceil": ceil})], WORD).steps())
    x = np.random.default_rng(1).integers(0, 256, size=(2, *WORD.shape))
    module = facet("maxpool2d", "torch").build(op.structure(), source.shape)
    want = facet("maxpool2d", "reference").run(op, source, x, {})
    assert np.array_equal(module(torch.from_numpy(x.astype(np.float32))).numpy(), want)


@pytest.mark.parametrize("keys", [{"size": "global"}, {"size": [3, 4], "stride": [2, 5]}])
def test_avgpool2d_is_the_sum_times_a_power_of_two(keys: dict) -> None:
    (_, op, source) = next(topology([("avgpool2d", {**keys, "precision": {"activations": 16}})], WORD).steps())
    x = np.random.default_rng(1).integers(0, 256, size=(2, *WORD.shape))
    module = facet("avgpool2d", "torch").build(op.structure(), source.shape)
    sums = np.ldexp(module(torch.from_numpy(x.astype(np.float32))).numpy(), op.divisor_bits)
    assert np.array_equal(np.minimum(sums, 2**16 - 1), facet("avgpool2d", "reference").run(op, source, x, {"shift": 0}))


def test_the_published_network_has_its_parameters_and_shapes() -> None:
    full = topology(KCU1500, TensorType(unsigned(8), (1, 65, 65)))
    network = Network(structure(full))
    tensors = network.tensors()
    assert sum(value.numel() for value in tensors.values()) == 64_660 == full.network_parameters
    for node, spec in full.parameters():
        if spec.name in ("weight", "bias"):
            assert tuple(tensors[f"{node.name}.{spec.name}"].shape) == spec.shape
    assert network.embed(np.zeros((3, 65, 65), np.uint8)).shape == (3, 50)


def test_words_without_compand_are_scaled_to_about_one() -> None:
    rows = structure(topology([("flatten", {}), ("dense", {"units": 2})], WORD))
    assert input_frac(rows, np.full((4, 17, 22), 200, np.uint8)) == 8
    assert input_frac(structure(topology(KCU1500, TensorType(unsigned(8), (1, 65, 65)))), np.ones((1, 65, 65))) == 0

"""The network's state: batch normalisations fold, constants come from the data, all of it survives a save."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.errors import FormatError  # noqa: E402
from speckleforge.fixed.types import unsigned  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.learning import checkpoints  # noqa: E402
from speckleforge.learning.folding import fold_tensors, folded  # noqa: E402
from speckleforge.learning.network import Network  # noqa: E402
from tests.networks import topology  # noqa: E402

NORMALISED = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 5, "kernel": 3}),
    ("batchnorm", {}),
    ("prelu", {}),
    ("conv2d", {"filters": 4, "kernel": 3, "stride": 2}),
    ("batchnorm", {}),
    ("relu", {}),
    ("avgpool2d", {"size": 2}),
    ("flatten", {}),
    ("dense", {"units": 9}),
    ("batchnorm", {}),
    ("relu", {}),
    ("dense", {"units": 6}),
]
FABRIC = [
    ("pedestal", {}),
    ("mask", {}),
    ("flatten", {}),
    ("dense", {"units": 4}),
]


def network(layers: list[tuple[str, dict[str, object]]], **keys: object) -> Network:
    torch.manual_seed(0)
    return Network(structure(topology(layers, TensorType(unsigned(8), (1, 16, 16)))), **keys)


def trained(net: Network, steps: int = 12) -> Network:
    """A few steps on noise, so that every statistic and slope has moved."""
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    net.train()
    for step in range(steps):
        words = torch.from_numpy(np.random.default_rng(step).poisson(6, size=(16, 16, 16)).astype(np.uint8))
        loss = (net(words) - 1).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    return net


def words(count: int = 40) -> np.ndarray:
    return np.random.default_rng(99).poisson(5, size=(count, 16, 16)).astype(np.uint8)


def test_the_folded_network_gives_the_same_embeddings() -> None:
    net = trained(network(NORMALISED))
    assert float(net.state()["batchnorm_2.running_mean"].abs().max()) > 0.01, "the statistics moved"
    want, got = net.embed(words()), folded(net).embed(words())
    assert np.abs(want).max() > 0.1
    assert np.allclose(got, want, rtol=1e-4, atol=1e-5 * np.abs(want).max())


def test_a_folded_network_holds_nothing_of_batch_normalisations() -> None:
    net = network(NORMALISED)
    tensors = folded(net).tensors()
    assert not any(name.startswith("batchnorm") for name in tensors)
    assert set(tensors) == set(fold_tensors(net, net.state()))
    assert sum(v.numel() for v in net.parameters()) - sum(v.numel() for v in tensors.values()) == 2 * (5 + 4 + 9)


def test_without_normalisations_folding_changes_no_bit() -> None:
    net = network([("flatten", {}), ("dense", {"units": 7})])
    assert np.array_equal(folded(net).embed(words()), net.embed(words()))


def test_embedding_uses_running_statistics_and_leaves_them() -> None:
    net = trained(network(NORMALISED))
    before = net.state()
    whole, parts = net.embed(words()), np.concatenate([net.embed(words()[i : i + 7]) for i in range(0, 40, 7)])
    assert np.allclose(whole, parts, atol=1e-6)
    assert all(torch.equal(value, before[name]) for name, value in net.state().items())


def test_constants_come_from_the_data_and_scale_with_the_input() -> None:
    net = network(FABRIC, input_frac=3)
    rng = np.random.default_rng(0)
    calibration = {
        "pedestal": rng.integers(0, 5, (16, 16)).astype(np.uint8),
        "mask": rng.integers(0, 2, (16, 16), np.uint8),
    }
    net.set_constants(calibration)
    image = words(3)
    corrected = np.maximum(image.astype(int) - calibration["pedestal"], 0) * calibration["mask"] / 8
    dense = net.steps["dense_3"]
    want = corrected.reshape(3, -1) @ dense.weight.detach().numpy().T + dense.bias.detach().numpy()
    assert np.allclose(net.embed(image), want, atol=1e-5)
    assert set(net.tensors()) == {"pedestal_0.pedestal", "mask_1.mask", "dense_3.weight", "dense_3.bias"}
    assert np.array_equal(net.tensors()["pedestal_0.pedestal"].numpy() * 8, calibration["pedestal"])


def test_missing_and_misshapen_constants_are_all_named() -> None:
    with pytest.raises(FormatError) as error:
        network(FABRIC).set_constants({"mask": np.ones((3, 3))})
    assert "no fitting pedestal for layer pedestal_0.pedestal" in str(error.value)
    assert "(3, 3)" in str(error.value)


def test_a_resumed_state_has_statistics_slopes_and_moments(tmp_path: Path) -> None:
    net = trained(network(NORMALISED))
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    net(torch.from_numpy(words())).sum().backward()
    adam.step()
    checkpoints.save(tmp_path, checkpoints.State(epoch=3, best=net.state()), net, adam)
    other = network(NORMALISED)
    other_adam = torch.optim.Adam(other.parameters(), lr=0.01)
    state = checkpoints.resume(tmp_path, other, other_adam)
    assert state.epoch == 3
    assert all(torch.equal(value, net.state()[name]) for name, value in other.state().items())
    assert all(torch.equal(value, net.state()[name]) for name, value in state.best.items())
    for mine, theirs in zip(net.parameters(), other.parameters(), strict=True):
        assert torch.equal(adam.state[mine]["exp_avg_sq"], other_adam.state[theirs]["exp_avg_sq"])

"""Networks trained elsewhere: which tensor is which of ours, what is computed afterwards, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

from speckleforge.errors import FormatError  # noqa: E402
from speckleforge.fixed.types import unsigned  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.learning.folding import folded  # noqa: E402
from speckleforge.learning.network import Network  # noqa: E402
from speckleforge.train.given import place_given  # noqa: E402
from tests.networks import topology  # noqa: E402

LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 6, "kernel": 3}),
    ("batchnorm", {}),
    ("prelu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("conv2d", {"filters": 6, "kernel": 3}),
    ("batchnorm", {}),
    ("relu", {}),
    ("avgpool2d", {"size": 5}),
    ("flatten", {}),
    ("dense", {"units": 8}),
]
ROWS = structure(topology(LAYERS, TensorType(unsigned(8), (1, 16, 16))))


def theirs(*, bias: bool = True) -> nn.Sequential:
    """The same network as a user writes it in PyTorch, with statistics of its own; 4-bit words come in as 0..15/16."""
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, bias=bias),
        nn.BatchNorm2d(6),
        nn.PReLU(),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.Conv2d(6, 6, 3, bias=bias),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.AvgPool2d(5),
        nn.Flatten(),
        nn.Linear(6, 8),
    )
    for step in range(10):
        model(torch.from_numpy(np.random.default_rng(step).random((8, 1, 16, 16), np.float32)))
    with torch.no_grad():
        model[2].weight.fill_(0.1)
        for layer in (model[1], model[5]):
            layer.weight.uniform_(0.5, 2)
            layer.bias.uniform_(-1, 1)
    return model.eval()


def words() -> np.ndarray:
    return np.random.default_rng(8).poisson(5, size=(20, 16, 16)).astype(np.uint8)


def contiguous(network: Network) -> dict[str, torch.Tensor]:
    return {name: value.contiguous() for name, value in network.tensors().items()}


def wanted(model: nn.Module) -> np.ndarray:
    levels = np.minimum(np.floor(2 * np.sqrt(words().astype(np.float64)) + 0.5), 15) / 16
    with torch.no_grad():
        return model(torch.from_numpy(levels.astype(np.float32))[:, None]).numpy()


def placed(path: Path, names: dict[str, str] | None = None, rows: list[dict[str, object]] = ROWS) -> Network:
    return place_given(path, Network(rows), names or {}).network


def assert_same(network: Network, model: nn.Module) -> None:
    want = wanted(model)
    assert np.allclose(network.embed(words()), want, rtol=1e-4, atol=1e-5 * np.abs(want).max())


def refusal(path: Path, names: dict[str, str] | None = None) -> str:
    with pytest.raises(FormatError) as error:
        placed(path, names)
    return str(error.value)


@pytest.mark.parametrize("bias", [True, False])
def test_a_state_dict_is_told_by_order_and_shape(tmp_path: Path, bias: bool) -> None:
    torch.save(theirs(bias=bias).state_dict(), tmp_path / "m.pt")
    given = place_given(tmp_path / "m.pt", Network(ROWS), {})
    assert_same(given.network, theirs(bias=bias))
    assert given.record["tensors"]["prelu_3.slope"] == "2.weight"
    assert given.record["zero"] == ([] if bias else ["conv2d_1.bias", "conv2d_5.bias"])
    assert given.record["mean_factors"] == {"dense_10": 32 / 25}, "25 elements: the mean, against the sum over 32"


def test_layers_of_equal_shapes_in_safetensors_are_told_by_number(tmp_path: Path) -> None:
    state = {f"net.{name}": value for name, value in theirs().state_dict().items()}
    save_file(state, tmp_path / "m.safetensors")
    assert_same(placed(tmp_path / "m.safetensors"), theirs())


def test_layers_of_equal_shapes_without_numbers_need_a_map(tmp_path: Path) -> None:
    called = {"0": "conv1", "1": "first", "2": "act", "4": "conv2", "5": "second", "9": "out"}
    state = {f"{called[name.split('.')[0]]}.{name.split('.')[1]}": v for name, v in theirs().state_dict().items()}
    save_file(state, tmp_path / "m.safetensors")
    assert "layers of equal shapes whose order the file does not tell" in refusal(tmp_path / "m.safetensors")
    names = {"first": "batchnorm_2", "second": "batchnorm_6"}
    assert_same(placed(tmp_path / "m.safetensors", names), theirs())


def test_a_map_of_layers_and_tensors(tmp_path: Path) -> None:
    state = dict(reversed(theirs().state_dict().items())) | {"classifier.weight": torch.ones(3, 8)}
    torch.save(state, tmp_path / "m.pt")
    names = {
        "0": "conv2d_1",
        "1": "batchnorm_2",
        "2": "prelu_3",
        "4.weight": "conv2d_5.weight",
        "4.bias": "conv2d_5.bias",
        "5": "batchnorm_6",
        "9": "dense_10",
        "classifier": "ignore",
    }
    assert_same(placed(tmp_path / "m.pt", names), theirs())


def test_mistakes_of_a_map_are_named_with_their_key(tmp_path: Path) -> None:
    torch.save(theirs().state_dict(), tmp_path / "m.pt")
    message = refusal(tmp_path / "m.pt", {"0": "conv2d_2", "nine": "dense_10", "1": "batchnorm_2", "5": "batchnorm_2"})
    assert "train.names.0: the network has no such tensor or layer" in message
    assert "did you mean 'conv2d_" in message
    assert "train.names.nine: the file has no such tensor or layer" in message
    assert "both '1.weight' and '5.weight' are 'batchnorm_2.weight'" in message


def test_our_own_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = folded(Network(ROWS))
    save_file(contiguous(network) | {"input.frac": torch.tensor(2.0)}, tmp_path / "c.safetensors")
    given = place_given(tmp_path / "c.safetensors", Network(ROWS), {})
    assert given.network.input_frac == 2
    assert given.record["mean_factors"] == {}, "it was trained with our average"
    assert all(torch.equal(value, network.tensors()[name]) for name, value in given.network.tensors().items())


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_floating_types_are_converted(tmp_path: Path, dtype: torch.dtype) -> None:
    torch.save({name: value.to(dtype) for name, value in theirs().state_dict().items()}, tmp_path / "m.pt")
    network = placed(tmp_path / "m.pt")
    assert {value.dtype for value in network.tensors().values()} == {torch.float32}
    assert np.allclose(network.embed(words()), wanted(theirs()), atol=0.05 * np.abs(wanted(theirs())).max())


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("4.weight", lambda v: v.index_fill(0, torch.tensor(2), torch.nan), "54 of 324 values are NaN"),
        ("9.bias", lambda v: v.double() * 1e300, "8 of 8 values are NaN or beyond float32"),
        ("0.weight", lambda v: v.to(torch.int8), "'0.weight' is not of floating point"),
        ("9.weight", lambda v: v.to(torch.complex64), "'9.weight' is not of floating point"),
        ("5.running_var", lambda v: -v, "'5.running_var' is a variance below 0"),
    ],
)
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, name: str, change: object, said: str) -> None:
    state = theirs().state_dict()
    torch.save({**state, name: change(state[name])}, tmp_path / "m.pt")
    message = refusal(tmp_path / "m.pt")
    assert said in message
    assert message.startswith("m.pt: ")


def test_every_tensor_that_does_not_fit_is_listed(tmp_path: Path) -> None:
    state = theirs().state_dict()
    del state["9.bias"]
    state |= {"4.weight": torch.ones(7, 6, 3, 3), "4.bias": torch.ones(7), "10.weight": torch.ones(2, 8)}
    torch.save(state, tmp_path / "m.pt")
    message = refusal(tmp_path / "m.pt")
    assert "missing tensor 'dense_10.bias'" in message
    assert "allowed: (8,)" in message
    assert "tensor '4.weight' for 'conv2d_5.weight' has another shape\n    got: (7, 6, 3, 3)" in message
    assert "allowed: (6, 6, 3, 3)" in message
    assert "extra tensor '10.weight'" in message
    assert message.count("m.pt: ") == 4


def test_a_slope_for_each_channel_is_another_shape(tmp_path: Path) -> None:
    torch.save({**theirs().state_dict(), "2.weight": torch.ones(6)}, tmp_path / "m.pt")
    message = refusal(tmp_path / "m.pt")
    assert "tensor '2.weight' for 'prelu_3.slope' has another shape\n    got: (6,)\n    allowed: (1,)" in message


def test_a_file_of_our_names_lists_what_is_missing_and_extra(tmp_path: Path) -> None:
    tensors = contiguous(folded(Network(ROWS)))
    del tensors["conv2d_5.weight"]
    save_file({**tensors, "dense_11.weight": torch.ones(1)}, tmp_path / "c.safetensors")
    message = refusal(tmp_path / "c.safetensors")
    assert "missing tensor 'conv2d_5.weight'" in message
    assert "extra tensor 'dense_11.weight'" in message


def test_a_huge_tensor_of_a_small_file_is_not_unfolded(tmp_path: Path) -> None:
    state = {**theirs().state_dict(), "9.weight": torch.zeros(1).expand(10**7, 10**6)}
    torch.save(state, tmp_path / "m.pt")
    assert (tmp_path / "m.pt").stat().st_size < 10**6
    assert "(10000000, 1000000)" in refusal(tmp_path / "m.pt")


def test_the_scale_of_the_input_may_be_told(tmp_path: Path) -> None:
    torch.save(theirs().state_dict(), tmp_path / "m.pt")
    assert place_given(tmp_path / "m.pt", Network(ROWS, 5), {}, input_frac=-3).network.input_frac == -3
    assert place_given(tmp_path / "m.pt", Network(ROWS, 5), {}).network.input_frac == 5

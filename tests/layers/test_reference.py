"""The integer reference against the definitions, written out element by element in Python integers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from speckleforge.errors import RangeError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from tests.layers.executions import any_case
from tests.networks import random_parameters, random_words, topology

SEEDS = range(200, 206)


def requantised(acc: int, shift: int, low: int, high: int) -> int:
    return min(max(round(Fraction(acc, 1 << shift)), low), high)


def executed(network: Topology, kind: str, seed: int) -> tuple:
    """The first node of a kind: (op, source type, input, parameters, output) for one pattern."""
    params = random_parameters(network, seed)
    values = run_topology(network, random_words(network, 1, seed), params.values)
    node, op, source = next(step for step in network.steps() if step[0].kind == kind)
    own = {spec.name: params.values[f"{node.name}.{spec.name}"] for spec in op.parameters(source)}
    return op, source, values[node.source][0], own, values[node.name][0]


@pytest.mark.parametrize("seed", SEEDS)
def test_conv2d(seed: int) -> None:
    network = any_case("conv2d", seed)
    last = [step for step in network.steps() if step[0].kind == "conv2d"][-1]
    params = random_parameters(network, seed)
    values = run_topology(network, random_words(network, 1, seed), params.values)
    (node, op, source), x, y = last, values[last[0].source][0], values[last[0].name][0]
    weight, bias, shift = (params.values[f"{node.name}.{name}"] for name in ("weight", "bias", "shift"))
    pads = op.pads(source)
    if op.padding == "same":
        assert y.shape[1:] == tuple(-(-n // s) for n, s in zip(x.shape[1:], op.stride, strict=True))
    for f, r, k in product(*map(range, y.shape)):
        acc = int(bias[f])
        for c, i, j in product(range(x.shape[0]), range(op.kernel[0]), range(op.kernel[1])):
            row, column = r * op.stride[0] + i - pads.top, k * op.stride[1] + j - pads.left
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                acc += int(weight[f, c, i, j]) * int(x[c, row, column])
        assert y[f, r, k] == requantised(acc, int(shift[f]), op.out.min, op.out.max)


@pytest.mark.parametrize("seed", SEEDS)
def test_dense(seed: int) -> None:
    op, _, x, own, y = executed(any_case("dense", seed), "dense", seed)
    for o in range(len(y)):
        acc = sum(int(w) * int(v) for w, v in zip(own["weight"][o], x, strict=True)) + int(own["bias"][o])
        assert y[o] == requantised(acc, int(own["shift"][o]), op.out.min, op.out.max)


@pytest.mark.parametrize("seed", range(200, 230))
def test_maxpool2d_as_torch_counts_windows(seed: int) -> None:
    op, _, x, _, y = executed(any_case("maxpool2d", seed), "maxpool2d", seed)
    for c, r, k in product(*map(range, y.shape)):
        top, left = r * op.stride[0], k * op.stride[1]
        window = x[c, top : top + op.size[0], left : left + op.size[1]]
        assert y[c, r, k] == window.max()
    torch = pytest.importorskip("torch")
    wide = torch.nn.functional.pad(torch.from_numpy(x.astype(np.float64)), (0, 0, 0, 0))
    pooled = torch.nn.functional.max_pool2d(wide, op.size, op.stride, ceil_mode=op.ceil)
    assert np.array_equal(pooled.numpy(), y)


@pytest.mark.parametrize("seed", SEEDS)
def test_compand(seed: int) -> None:
    op, source, x, own, y = executed(any_case("compand", seed), "compand", seed)
    for word, level in zip(x.reshape(-1).tolist(), y.reshape(-1).tolist(), strict=True):
        assert level == sum(word >= threshold for threshold in own["thresholds"].tolist())
        # min(floor(gain * sqrt(x) + 1/2), most), without roots: 2 * level - 1 <= 2 * gain * sqrt(x) < 2 * level + 1.
        assert level == 0 or (2 * level - 1) ** 2 <= 4 * op.gain**2 * word
        assert level == op.out.max or (2 * level + 1) ** 2 > 4 * op.gain**2 * word
    assert own["thresholds"].max() <= source.type.max + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_head(seed: int) -> None:
    op, _, z, own, y = executed(any_case("head", seed), "head", seed)
    scores = [sum(int(a) * int(b) for a, b in zip(z, p, strict=True)) for p in own["prototype"]]
    valid = [n for n in range(op.slots) if own["valid"][n]]
    slot = max(valid, key=lambda n: (scores[n], -n), default=-1)
    energy, threshold = sum(int(v) ** 2 for v in z), int(own["threshold"][0])
    accept = slot >= 0 and scores[slot] > 0 and scores[slot] ** 2 << op.veto_shift >= threshold * energy
    label = int(own["class_id"][slot]) if accept else -1
    assert y.tolist() == [*scores, label, slot, int(accept), int(own["keep"][16 if label == -1 else label])]


HEAD = topology(
    [("flatten", {}), ("dense", {"units": 2}), ("head", {"prototypes": 3})], TensorType(unsigned(4), (1, 1, 2))
)


def decide(z: list[int], **changes: list) -> list[int]:
    """Output of the head for the embedding `z`, made by an identity layer."""
    params = random_parameters(HEAD, 1).values
    params |= {"dense_1.weight": np.eye(2, dtype=np.int64), "dense_1.bias": np.zeros(2, np.int64)}
    params["dense_1.shift"] = np.zeros(2, np.int64)
    own = {"prototype": [[3, 1], [3, 1], [1, 3]], "valid": [1, 1, 1], "class_id": [7, 8, 9], "threshold": [0]}
    own["keep"] = [0] * 16 + [1]
    params |= {f"head_2.{name}": np.array(value) for name, value in (own | changes).items()}
    return run_topology(HEAD, np.array(z).reshape(1, 1, 1, 2), params)["head_2"][0].tolist()


def test_ties_go_to_the_lowest_valid_slot() -> None:
    assert decide([2, 0]) == [6, 6, 2, 7, 0, 1, 0]
    assert decide([2, 0], valid=[0, 1, 1]) == [6, 6, 2, 8, 1, 1, 0]
    assert decide([2, 0], valid=[0, 0, 0]) == [6, 6, 2, -1, -1, 0, 1]


def test_the_veto_does_not_depend_on_the_embeddings_scale() -> None:
    # cos^2 = (3*3)^2 / (9 * 10): s*s * 256 / (z.z) = 9 * 256 for every scale.
    for scale in (1, 2, 4):
        assert decide([scale, 0], threshold=[9 * 256])[5] == 1
        assert decide([scale, 0], threshold=[9 * 256 + 1])[3:] == [-1, 0, 0, 1]


def test_an_empty_frame_is_unknown() -> None:
    assert decide([0, 0]) == [0, 0, 0, -1, 0, 0, 1]


def test_words_beyond_their_type_are_refused() -> None:
    network = topology([("flatten", {})], TensorType(unsigned(4), (1, 2, 2)))
    with pytest.raises(RangeError, match="input: value out of range"):
        run_topology(network, np.full((1, 1, 2, 2), 16), {})


def test_execution_stops_behind_the_node_asked_for() -> None:
    params = random_parameters(HEAD, 1).values
    assert list(run_topology(HEAD, random_words(HEAD, 1), params, until="flatten_0")) == ["input", "flatten_0"]

"""`specs/original.yaml`: the network of 5.6 million parameters as published; its weights fit its board once."""

from __future__ import annotations

import pytest

from speckleforge.ir.stream import stream_of
from speckleforge.ir.text import parse_topology
from speckleforge.layers import op_class
from speckleforge.lower.overhead import overhead
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.request import read_board, read_hardware
from speckleforge.spec import Spec, load_spec
from tests.spec.conftest import SPECS

PARAMETERS = 5_656_259


@pytest.fixture(scope="module")
def original() -> Spec:
    return load_spec(SPECS / "original.yaml")


def test_it_has_the_published_parameters(original: Spec) -> None:
    counts = {n.name: op.network_parameters(source) for n, op, source in original.topology.steps()}
    assert original.topology.network_parameters == PARAMETERS
    assert {name: count for name, count in counts.items() if count} == {
        "conv2d_1": 32 * (25 + 1),
        "batchnorm_1": 2 * 32,
        "prelu_1": 1,
        "conv2d_2": 64 * (32 * 25 + 1),
        "batchnorm_2": 2 * 64,
        "prelu_2": 1,
        "dense_1": 512 * (64 * 13 * 13 + 1),
        "prelu_3": 1,
        "dense_2": 128 * (512 + 1),
    }


def test_as_many_are_trained(original: Spec) -> None:
    network = pytest.importorskip("speckleforge.learning.network")
    built = network.Network(original.slice("train")["network"])
    assert sum(value.numel() for value in built.parameters()) == PARAMETERS


def test_it_is_trained_as_published(original: Spec) -> None:
    train = original.slice("train")["train"]
    assert {key: train[key] for key in ("loss", "margin", "batch", "learning_rate")} == {
        "loss": "triplet",
        "margin": 0.02,
        "batch": 20,
        "learning_rate": 0.001,
    }


def test_its_weights_fit_the_board_once(original: Spec) -> None:
    values = original.slice("lower")
    board = read_board(values["target"])
    topology = parse_topology(values["topology"], op_class)
    stream = stream_of(topology.nodes[0].out, 1)
    assert not read_hardware(values["hardware"]).boot
    copy = overhead(topology, board, stream, boot=True).bram - overhead(topology, board, stream, boot=False).bram
    assert board.resources.bram / 2 < copy < board.resources.bram


@pytest.mark.slow
def test_it_has_a_design(original: Spec) -> None:
    values = original.slice("lower")
    topology = parse_topology(values["topology"], op_class)
    _, prediction = lower_topology(topology, values["hardware"], values["target"])
    assert prediction.latency_cycles <= 200_000
    assert prediction.total.fits(prediction.board.resources)

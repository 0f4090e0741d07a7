"""The layer table: every registered layer, random configurations, reference = onnxruntime = emulator, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge import layers
from speckleforge.export.model import exactness
from speckleforge.fixed.types import unsigned
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from tests.ir.topologies import topologies
from tests.layers.executions import any_case, check_all, check_onnx
from tests.networks import kcu1500, random_parameters, random_words, topology

KINDS = layers.kinds("op.py")
COMPILED, INTERPRETED = 2, 12  # cases a layer: with a compiled emulator (seconds each), and without


@pytest.mark.parametrize("seed", range(COMPILED))
@pytest.mark.parametrize("kind", KINDS)
def test_every_execution_equals_the_reference(kind: str, seed: int, tmp_path: Path) -> None:
    check_all(any_case(kind, seed), seed, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_onnxruntime_equals_the_reference(kind: str) -> None:
    for seed in range(100, 100 + INTERPRETED):
        network = any_case(kind, seed)
        params = random_parameters(network, seed, extreme=seed % 3 == 0)
        words = random_words(network, 4, seed)
        check_onnx(network, params, words, run_topology(network, words, params.values))


@pytest.mark.parametrize("bits", [(8, 16), (16, 8), (16, 16), (12, 12)])
@pytest.mark.parametrize(
    "keys", [("conv2d", {"filters": 3, "kernel": [5, 3], "padding": "same", "stride": [1, 2]}), ("dense", {"units": 9})]
)
def test_sums_beyond_float32_are_exact(keys: tuple, bits: tuple[int, int], tmp_path: Path) -> None:
    before = [("conv2d", {"filters": 4, "kernel": 1}), ("relu", {})]
    middle = [] if keys[0] == "conv2d" else [("flatten", {})]
    network = topology([*before, *middle, keys], TensorType(unsigned(16), (1, 9, 13)), bits)
    worst = exactness(network, random_parameters(network, 5, extreme=True))[-1]
    assert worst.worst_sum > 1 << 24
    assert worst.realisation == "float64"
    check_all(network, 5, tmp_path, extreme=True)


def test_a_sum_just_within_float32_stays_in_float32(tmp_path: Path) -> None:
    network = topology([("flatten", {}), ("dense", {"units": 4})], TensorType(unsigned(8), (1, 2, 257)), (8, 8))
    params = random_parameters(network, 1, extreme=True)
    params.values["dense_1.weight"][:] = 127
    params.values["dense_1.bias"][:] = (1 << 24) - 514 * 127 * 255
    assert [(row.worst_sum, row.realisation) for row in exactness(network, params)] == [(1 << 24, "float32")]
    words = np.full((2, 1, 2, 257), 255)
    check_onnx(network, params, words, run_topology(network, words, params.values))
    params.values["dense_1.bias"][:] += 1
    assert exactness(network, params)[0].realisation == "float64"
    check_onnx(network, params, words, run_topology(network, words, params.values))


@given(topologies(), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_whole_networks_agree_in_onnxruntime(network: Topology, seed: int) -> None:
    params, words = random_parameters(network, seed), random_words(network, 3, seed)
    check_onnx(network, params, words, run_topology(network, words, params.values))


@pytest.mark.parametrize("bits", [(8, 4), (4, 4), (2, 3), (8, 8), (4, 8)])
@pytest.mark.parametrize("middle", [("avgpool2d", {"size": 2}), ("conv2d", {"filters": 3, "kernel": 2})])
def test_narrow_activations_between_wide_weights_in_onnxruntime(bits: tuple[int, int], middle: tuple[str, Any]) -> None:
    rows = [("conv2d", {"filters": 2, "kernel": 1}), middle, ("conv2d", {"filters": 2, "kernel": 1}), ("flatten", {})]
    rows += [("dense", {"units": 4}), ("dense", {"units": 3})]
    network = topology(rows, TensorType(unsigned(4), (1, 6, 6)), [bits] * len(rows))
    params, words = random_parameters(network, 1), random_words(network, 3, 1)
    check_onnx(network, params, words, run_topology(network, words, params.values))


def test_the_published_network(tmp_path: Path) -> None:
    network = kcu1500()
    assert (network.network_parameters, network.macs) == (64_660, 1_097_700)
    check_all(network, 3, tmp_path)


def test_a_head_without_a_valid_slot_answers_unknown() -> None:
    network = topology(
        [("flatten", {}), ("dense", {"units": 6}), ("head", {"prototypes": 3})], TensorType(unsigned(4), (1, 3, 3))
    )
    params = random_parameters(network, 2)
    params.values["head_2.valid"][:] = 0
    words = random_words(network, 4)
    reference = run_topology(network, words, params.values)
    assert (reference["head_2"][:, 3:6] == [-1, -1, 0]).all()
    assert (reference["head_2"][:, 6] == params.values["head_2.keep"][16]).all()
    check_onnx(network, params, words, reference)

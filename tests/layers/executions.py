"""Random cases for every registered layer, and the comparison of all executions on one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from speckleforge.emit.emulator import emulator_files
from speckleforge.errors import DesignError
from speckleforge.export.model import build_model
from speckleforge.fixed.types import unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.parameters import ParameterSet
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.compare import first_differing_node
from speckleforge.verify.compiled import build_emulator as compile_emulator
from speckleforge.verify.library import Library
from speckleforge.verify.onnx import LEVELS, OnnxExecution
from tests.networks import random_parameters, random_words, topology

PATTERNS = 5


def image(rng: np.random.Generator, bits: int) -> TensorType:
    """A small input image, seldom square."""
    return TensorType(unsigned(bits), (int(rng.integers(1, 4)), *(int(n) for n in rng.integers(5, 14, size=2))))


def _pair(rng: np.random.Generator, most: int) -> list[int]:
    return [int(n) for n in rng.integers(1, most + 1, size=2)]


def _bits(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high, endpoint=True))


def conv2d(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "filters": _bits(rng, 1, 5),
        "kernel": _pair(rng, 5),
        "stride": _pair(rng, 3),
        "padding": str(rng.choice(["valid", "same"])),
    }


def depthwise2d(rng: np.random.Generator) -> dict[str, Any]:
    return {"kernel": _pair(rng, 5), "stride": _pair(rng, 3), "padding": str(rng.choice(["valid", "same"]))}


def maxpool2d(rng: np.random.Generator) -> dict[str, Any]:
    return {"size": _pair(rng, 4), "stride": _pair(rng, 4), "ceil": bool(rng.integers(2))}


def avgpool2d(rng: np.random.Generator) -> dict[str, Any]:
    keys: dict[str, Any] = {"size": "global"} if rng.integers(4) == 0 else {"size": _pair(rng, 5)}
    if rng.integers(2):
        keys["precision"] = {"activations": _bits(rng, 2, 16)}
    return keys if keys["size"] == "global" or rng.integers(2) else keys | {"stride": _pair(rng, 6)}


def case(kind: str, rng: np.random.Generator) -> Topology:
    """A short topology around one layer; signed inputs come from a convolution or a dense layer before it."""
    bits = [(_bits(rng, 2, 16), _bits(rng, 2, 16)) for _ in range(4)]
    signed_source = [("conv2d", {"filters": 2, "kernel": 1})] if rng.integers(2) else []
    behind = [("relu", {})] if rng.integers(2) else []
    if kind == "compand":
        keys = {"rule": "sqrt", "gain": _bits(rng, 1, 9), "bits": _bits(rng, 1, 8)}
        return topology([(kind, keys)], image(rng, _bits(rng, 1, 16)), bits)
    if kind in ("mask", "pedestal"):
        steps: list[Any] = [("pedestal", {}), ("mask", {}), ("compand", {"rule": "sqrt", "bits": _bits(rng, 1, 8)})]
        steps = [step for step in steps if step[0] == kind or rng.integers(2)]
        return topology(steps, image(rng, _bits(rng, 1, 16)), bits)
    if kind in ("conv2d", "depthwise2d"):
        layers = [*signed_source, (kind, conv2d(rng) if kind == "conv2d" else depthwise2d(rng)), *behind]
    elif kind == "maxpool2d":
        layers = [*signed_source, (kind, maxpool2d(rng))]
    elif kind == "prelu":
        layers = [("conv2d", {"filters": 2, "kernel": 1}), *([("flatten", {})] if rng.integers(2) else []), (kind, {})]
    elif kind == "relu":
        layers = [("conv2d", {"filters": 2, "kernel": 1}), ("flatten", {}), (kind, {})]
        bits[0] = (bits[0][0], max(bits[0][1], 3))
    elif kind == "avgpool2d":
        layers = [*signed_source, (kind, avgpool2d(rng))]
    elif kind == "batchnorm":
        linear: list[Any] = [("conv2d", conv2d(rng))] if rng.integers(2) else [("flatten", {}), ("dense", {"units": 3})]
        linear = [("depthwise2d", depthwise2d(rng))] if rng.integers(3) == 0 else linear
        layers = [*linear, (kind, {}), *behind]
    elif kind == "flatten":
        layers = [*signed_source, (kind, {})]
    elif kind == "dense":
        layers = [*signed_source, ("flatten", {}), (kind, {"units": _bits(rng, 1, 20)}), *behind]
    elif kind == "head":
        bits = [(_bits(rng, 2, 8), _bits(rng, 2, 8))] * 4
        before = [("flatten", {}), ("dense", {"units": _bits(rng, 1, 12)})]
        layers = [*before, (kind, {"prototypes": _bits(rng, 1, 9)})]
    else:
        raise AssertionError(f"layer {kind} has no case in the execution table: add one")
    return topology(layers, image(rng, _bits(rng, 1, 16 if kind != "head" else 8)), bits)


def any_case(kind: str, seed: int) -> Topology:
    """`case` for the first random numbers that make a possible topology."""
    for attempt in range(200):
        try:
            return case(kind, np.random.default_rng([seed, attempt]))
        except DesignError:
            continue
    raise AssertionError(f"no possible topology for {kind}")


def build_emulator(network: Topology, folder: Path) -> Library:
    """Print, compile and load the emulator of a topology."""
    for name, text in emulator_files(network).items():
        (folder / name).write_bytes(text)
    return Library(compile_emulator(folder, folder / "emulator.so", folder / "log"))


def check_onnx(network: Topology, params: ParameterSet, words: np.ndarray, reference: dict[str, np.ndarray]) -> None:
    """onnxruntime equals the reference at every level, with every node exposed and without."""
    model = build_model(network, params)
    for level in LEVELS:
        for boundaries in (True, False):
            got = OnnxExecution(model, network, level, boundaries=boundaries).run(words)
            assert got
            mismatch = first_differing_node(reference, got, list(reference))
            assert mismatch is None, f"onnxruntime {level}, boundaries {boundaries}: {mismatch}"


def check_all(network: Topology, seed: int, folder: Path, *, extreme: bool = False) -> None:
    """Every execution equals the reference on every element of every node."""
    params = random_parameters(network, seed, extreme=extreme)
    words = random_words(network, PATTERNS, seed)
    if extreme:
        words[:2] = network.nodes[0].out.type.max
    reference = run_topology(network, words, params.values)
    check_onnx(network, params, words, reference)
    emulator = build_emulator(network, folder).load(build_image(layout_of(network), params.values))
    got = emulator.run(words, reference)
    mismatch = first_differing_node(reference, got, list(reference))
    assert mismatch is None, f"emulator: {mismatch}"

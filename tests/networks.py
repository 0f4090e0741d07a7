"""Random topologies and random parameter sets that conform to them: inputs of the tests of every execution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from speckleforge.fixed.types import IntType, bits_for, unsigned
from speckleforge.ir.op import LayerContext, LinearOp
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import op_class
from speckleforge.layers.parameters import ParameterSet, conform

LINEAR = ("conv2d", "dense")
KCU1500 = (
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 7, "kernel": 5}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("conv2d", {"filters": 3, "kernel": 5}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("flatten", {}),
    ("dense", {"units": 100}),
    ("relu", {}),
    ("dense", {"units": 50}),
    ("head", {"prototypes": 8}),
)


def topology(
    layers: Sequence[tuple[str, Mapping[str, Any]]],
    source: TensorType,
    bits: Sequence[tuple[int, int]] | tuple[int, int] = (8, 8),
) -> Topology:
    """The topology of a list of layers; `bits`: (weights, activations), for all or for each layer."""
    nodes = [Node("input", None, "", source)]
    for number, (kind, keys) in enumerate(layers):
        weight_bits, activation_bits = bits[number] if isinstance(bits[0], tuple) else bits
        behind = [name for name, _ in layers[number + 1 :] if name not in ("batchnorm", "maxpool2d")]
        own = {**keys}
        own_bits = own.pop("precision", {}).get("activations", 0)
        context = LayerContext(weight_bits, activation_bits, bool(behind) and behind[0] == "relu", own_bits)
        op = op_class(kind).from_spec(own, nodes[-1].out, context)
        nodes.append(Node(f"{kind}_{number}", op, nodes[-1].name, op.infer(nodes[-1].out)))
    return Topology(tuple(nodes))


def kcu1500() -> Topology:
    """The published network: 64,660 parameters, 1,097,700 multiply-accumulates."""
    return topology(KCU1500, TensorType(unsigned(8), (1, 65, 65)))


def random_tensor(rng: np.random.Generator, of: IntType, shape: tuple[int, ...], most: int) -> np.ndarray:
    """Mostly middling values, some extremes: int64 in of.min..most."""
    values = rng.integers(of.min, most, size=shape, endpoint=True)
    return np.where(rng.random(shape) < 0.05, rng.choice([of.min, most], size=shape), values).astype(np.int64)


def _shifts(rng: np.random.Generator, op: LinearOp, source: TensorType) -> np.ndarray:
    """Shifts that bring typical accumulators into the output's range, and a few anywhere in 0..shift_max."""
    typical = bits_for(int(op.fan_in(source) ** 0.5) * source.type.magnitude * op.weights.magnitude // 3)
    near = typical - op.out.bits + rng.integers(-1, 2, size=op.fan_out())
    anywhere = rng.integers(0, op.shift_max, size=op.fan_out(), endpoint=True)
    return np.clip(np.where(rng.random(op.fan_out()) < 0.1, anywhere, near), 0, op.shift_max)


def random_tensors(network: Topology, seed: int = 0, *, extreme: bool = False) -> dict[str, np.ndarray]:
    """`quantised.safetensors` as arrays: every parameter at random in its range, fracs to match.

    `extreme`: weights and biases at the ends of their ranges, so that accumulators reach their bounds.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, np.ndarray] = {}
    fracs = {network.nodes[0].name: 0}
    for node, op, source in network.steps():
        for spec in op.parameters(source):
            values = random_tensor(rng, spec.type, spec.shape, spec.max)
            if extreme and spec.name in ("weight", "bias"):
                values = rng.choice([spec.type.min, spec.max], size=spec.shape, p=[0.1, 0.9])
            found[f"{node.name}.{spec.name}"] = values
        fracs[node.name] = fracs[node.source]
        if node.kind == "compand":
            found[f"{node.name}.thresholds"] = np.array(op.initial_thresholds(source))
            fracs[node.name] = int(rng.integers(0, 6))
        if isinstance(op, LinearOp):
            shift = _shifts(rng, op, source)
            fracs[node.name] = int(rng.integers(-2, 8))
            found[f"{node.name}.shift"] = shift
            found[f"{node.name}.bias"] //= 1 if extreme else max(1, op.fan_in(source))
            found[f"{node.name}.weight_frac"] = shift + fracs[node.name] - fracs[node.source]
        if hasattr(op, "divisor_bits"):
            shift = op.divisor_bits + source.type.bits - op.out.bits + rng.integers(-2, 3, size=1)
            found[f"{node.name}.shift"] = np.clip(shift, 0, op.shift_max)
            fracs[node.name] = int(fracs[node.source] + op.divisor_bits - found[f"{node.name}.shift"][0])
        if node.kind == "head":
            found[f"{node.name}.threshold"] = rng.integers(0, 64, size=1)
    found |= {f"{name}.frac": np.asarray(frac) for name, frac in fracs.items() if network.node(name).kind != "head"}
    return {name: values.astype(np.int64) for name, values in found.items()}


def random_parameters(network: Topology, seed: int = 0, *, extreme: bool = False) -> ParameterSet:
    """`random_tensors`, checked."""
    return conform(network, random_tensors(network, seed, extreme=extreme))


def random_words(network: Topology, patterns: int, seed: int = 0) -> np.ndarray:
    """Input words [patterns, channels, rows, columns]: mostly small counts, as photons are, some anywhere in range."""
    rng = np.random.default_rng(seed)
    source = network.nodes[0].out
    shape = (patterns, *source.shape)
    small = np.minimum(rng.poisson(2.0, size=shape), source.type.max)
    anywhere = rng.integers(0, source.type.max, size=shape, endpoint=True)
    return np.where(rng.random((patterns, *(1,) * len(source.shape))) < 0.4, small, anywhere).astype(np.int64)

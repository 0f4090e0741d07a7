"""The float network on calibration patterns: what the integers are compared with. Takes a topology and a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem
from speckleforge.ir.op import LinearOp, Op
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet

Floats = NDArray[np.float64]
Tensors = Mapping[str, Floats]


FOLDED_KINDS = ("batchnorm",)
"""A checkpoint holds them inside the linear layer before them: behind training they pass values on."""


def own_tensors(tensors: Tensors, node: str) -> dict[str, Floats]:
    """The tensors of one node by their own names."""
    prefix = f"{node}."
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _expected(node: Node, op: Op, source: TensorType) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors that a checkpoint holds for a node."""
    if isinstance(op, LinearOp):
        return {"weight": op.weight_shape(source), "bias": (op.fan_out(),)}
    if node.kind == "head" or node.kind in FOLDED_KINDS:
        return {}
    module = facet(node.kind, "torch").build(op.structure(), source.shape)
    return {name: tuple(value.shape) for name, value in (*module.named_parameters(), *module.named_buffers())}


def check_checkpoint(topology: Topology, tensors: Tensors) -> None:
    """Every node has its tensors, finite and of their shapes.

    Raises
    ------
    FormatError
        Naming every tensor at fault.
    """
    problems = []
    for node, op, source in topology.steps():
        for name, shape in _expected(node, op, source).items():
            value = tensors.get(f"{node.name}.{name}")
            got = "missing" if value is None else str(value.shape)
            if value is None or value.shape != shape:
                problems.append(Problem("tensor does not fit the topology", f"{node.name}.{name}", got, str(shape)))
            elif not np.isfinite(value).all():
                problems.append(
                    Problem("tensor is not finite", f"{node.name}.{name}", next_step="train with a lower learning_rate")
                )
    if problems:
        raise FormatError(problems)


def float_module(node: Node, op: Op, source: TensorType, own: Tensors) -> torch.nn.Module:
    """The layer's torch facet in float64 with the values `own` of its parameters and buffers; they do not train.

    float64, because weights near the end of float32 would overflow to infinity in the next layer.
    """
    if node.kind in FOLDED_KINDS:
        return torch.nn.Identity()
    module: torch.nn.Module = facet(node.kind, "torch").build(op.structure(), source.shape).double()
    module.requires_grad_(False)
    for name, value in (*module.named_parameters(), *module.named_buffers()):
        value.copy_(torch.from_numpy(np.asarray(own[name], np.float64)))
    return module


def float_layer(node: Node, op: Op, source: TensorType, own: Tensors, x: torch.Tensor) -> torch.Tensor:
    """Run one layer on x [n, *source.shape], float64, with its parameters by their own names."""
    with torch.no_grad():
        result: torch.Tensor = float_module(node, op, source, own)(x)
    return result


def float_values(topology: Topology, tensors: Tensors, words: NDArray[Any], input_frac: int) -> dict[str, Floats]:
    """Float activations [n, *shape] at every node but the head, for words [n, channels, rows, columns]."""
    torch.set_num_threads(1)
    image = torch.from_numpy(np.asarray(words, np.float64)) * 2.0**-input_frac
    values = {topology.nodes[0].name: image}
    for node, op, source in topology.steps():
        if node.kind == "head":
            continue
        own = own_tensors(tensors, node.name)
        values[node.name] = float_layer(node, op, source, own, values[node.source])
    return {name: value.numpy() for name, value in values.items()}

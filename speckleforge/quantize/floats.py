"""The float network on calibration patterns: what the integers are compared with. Takes a topology and a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Topology
from speckleforge.layers import facet

Floats = NDArray[np.float64]
Tensors = Mapping[str, Floats]


def check_checkpoint(topology: Topology, tensors: Tensors) -> None:
    """Every linear node has finite weights and biases of its shape.

    Raises
    ------
    FormatError
        Naming every tensor at fault.
    """
    problems = []
    for node, op, source in topology.steps():
        if not isinstance(op, LinearOp):
            continue
        for name, shape in (("weight", op.weight_shape(source)), ("bias", (op.fan_out(),))):
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


def float_values(topology: Topology, tensors: Tensors, words: NDArray[Any], input_frac: int) -> dict[str, Floats]:
    """Float activations [n, *shape] at every node but the head, for words [n, channels, rows, columns]."""
    torch.set_num_threads(1)
    image = torch.from_numpy(np.asarray(words, np.float32)) * 2.0**-input_frac
    values = {topology.nodes[0].name: image}
    with torch.no_grad():
        for node, op, source in topology.steps():
            if node.kind == "head":
                continue
            module = facet(node.kind, "torch").build(op.structure(), source.shape)
            for name, parameter in module.named_parameters():
                parameter.copy_(torch.from_numpy(np.asarray(tensors[f"{node.name}.{name}"], np.float32)))
            values[node.name] = module(values[node.source])
    return {name: value.numpy().astype(np.float64) for name, value in values.items()}

"""Quantise a whole topology, node by node, each on the integers that the nodes before it really give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp, Op
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, kinds
from speckleforge.layers.parameters import SHAPE_KINDS
from speckleforge.quantize.floats import Tensors, check_checkpoint, float_values, own_tensors
from speckleforge.quantize.linear import QuantisedLayer, quantise_linear
from speckleforge.quantize.scales import dequantised, sqnr_db

Progress = Callable[[float, str], None]


@dataclass
class Quantised:
    """What grows node by node: parameters by `<node>.<parameter>`, fracs by node, and a record for people."""

    values: dict[str, Ints] = field(default_factory=dict)
    frac: dict[str, int] = field(default_factory=dict)
    weight_frac: dict[str, Ints] = field(default_factory=dict)
    record: list[dict[str, Any]] = field(default_factory=list)

    def take(self, name: str, layer: QuantisedLayer) -> None:
        """Take the integers and fracs of a linear node."""
        self.values |= {f"{name}.{parameter}": value for parameter, value in layer.values.items()}
        self.frac[name], self.weight_frac[name] = layer.frac, layer.weight_frac

    def parameters(self, node: Node, op: Op, source: TensorType) -> dict[str, Ints]:
        """Parameters of one node by their own names."""
        return {spec.name: self.values[f"{node.name}.{spec.name}"] for spec in op.parameters(source)}

    def tensors(self) -> dict[str, Any]:
        """What `layers.parameters.conform` takes."""
        named: dict[str, Any] = dict(self.values)
        named |= {f"{node}.frac": np.asarray([frac], np.int32) for node, frac in self.frac.items()}
        return named | {f"{node}.weight_frac": frac for node, frac in self.weight_frac.items()}


def node_record(node: Node, q: Ints, wanted: Any, frac: int) -> dict[str, Any]:
    """How a node's integers lie in their type; and how well they stand for the floats `wanted`, where there are any."""
    to = node.out.type
    at_top = float((q == to.max).mean())
    at_bottom = float((q == to.min).mean()) if to.signed else 0.0
    if wanted is not None and not to.signed:
        wanted = np.maximum(wanted, 0)
    return {
        "node": node.name,
        "kind": node.kind,
        "type": str(to),
        "frac": frac,
        "saturated_fraction": round(at_top + at_bottom, 8),
        "sqnr_db": None if wanted is None else sqnr_db(wanted, dequantised(q, frac)),
    }


def _linear(found: Quantised, step: tuple[Node, LinearOp, TensorType], tensors: Tensors, data: Any) -> dict[str, Any]:
    """Quantise a linear node on `data` (input, its frac, float output); returns lines for the record."""
    node, op, source = step
    own = own_tensors(tensors, node.name)
    layer = quantise_linear(node, op, source, (own["weight"], own["bias"]), data)
    found.take(node.name, layer)
    return layer.record()


def _by_facet(found: Quantised, step: tuple[Node, Op, TensorType], tensors: Tensors, wanted: Any) -> None:
    """Quantise a layer that is neither linear nor a mere shape by its own rule, `layers/<kind>/quantise.py`."""
    node, op, source = step
    if node.kind not in kinds("quantise.py"):
        raise DesignError(Problem("no rule to quantise this layer", node.name, node.kind))
    rule = facet(node.kind, "quantise").quantise
    values, frac = rule(op, source, own_tensors(tensors, node.name), found.frac[node.source], wanted)
    found.values |= {f"{node.name}.{name}": value for name, value in values.items()}
    found.frac[node.name] = frac


def quantise_network(
    topology: Topology, tensors: Tensors, words: Ints, *, input_frac: int, progress: Progress
) -> Quantised:
    """Quantise every node but the head on calibration words [n, channels, rows, columns].

    Raises
    ------
    FormatError
        If the checkpoint does not fit the topology or is not finite.
    DesignError
        If a node has learned parameters and no rule here.
    """
    check_checkpoint(topology, tensors)
    wanted = float_values(topology, tensors, words, input_frac)
    found = Quantised()
    found.frac[topology.nodes[0].name] = input_frac
    values = {topology.nodes[0].name: words}
    for position, (node, op, source) in enumerate(topology.steps()):
        if node.kind == "head":
            continue
        extra: dict[str, Any] = {}
        if isinstance(op, LinearOp):
            data = (values[node.source], found.frac[node.source], wanted[node.name])
            extra = _linear(found, (node, op, source), tensors, data)
        elif node.kind in SHAPE_KINDS:
            found.frac[node.name] = found.frac[node.source]
        else:
            _by_facet(found, (node, op, source), tensors, wanted[node.name])
        run = facet(node.kind, "reference").run
        values[node.name] = run(op, source, values[node.source], found.parameters(node, op, source))
        frac = found.frac[node.name]
        found.record.append(node_record(node, values[node.name], wanted[node.name], frac) | extra)
        progress((position + 1) / len(topology.nodes), node.name)
    return found

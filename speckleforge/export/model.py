"""The ONNX model of a topology with its parameters. Takes a checked set; gives the model and why layers are exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Node, Topology
from speckleforge.layers import facet
from speckleforge.layers.onnx_graph import FLOAT_LIMIT, Graph, Layer, Value, element_type, worst_sums
from speckleforge.layers.parameters import ParameterSet


@dataclass(frozen=True)
class Exactness:
    """Why a linear layer of the model is exact.

    Attributes
    ----------
    node
        The layer.
    worst_sum, channel
        Largest `sum|w| * max|x| + |b|` of these weights, and its output channel.
    realisation
        `float32` (QDQ) up to 2**24, else `float64`.
    """

    node: str
    worst_sum: int
    channel: int
    realisation: str


def exactness(topology: Topology, params: ParameterSet) -> list[Exactness]:
    """One row for each linear layer."""
    rows = []
    for node, op, source in topology.steps():
        if isinstance(op, LinearOp):
            values = params.values
            sums = worst_sums(values[f"{node.name}.weight"], values[f"{node.name}.bias"], source.type)
            worst = int(sums.max())
            exact = "float32" if worst <= FLOAT_LIMIT else "float64"
            rows.append(Exactness(node.name, worst, int(sums.argmax()), exact))
    return rows


def _layer(topology: Topology, node: Node, x: Value, params: ParameterSet) -> Layer:
    """A node with its input and its share of the parameters."""
    source = topology.source_type(node)
    specs = node.op.parameters(source) if node.op else ()
    values = {spec.name: params.values[f"{node.name}.{spec.name}"] for spec in specs}
    weight_frac = params.weight_frac.get(node.name, np.zeros(0, np.int64))
    return Layer(node.name, source, x, values, params.frac.get(node.name, 0), weight_frac)


def build_model(topology: Topology, params: ParameterSet) -> onnx.ModelProto:
    """Standard QDQ model.

    Input: uint8 or uint16 [N, channels, rows, columns], called as the input node. Outputs: the head's, or else the last
    node's integers as `output/integers` (int32).
    Every node's integers are a tensor of the graph called as the node; a relu behind an unsigned tensor is that tensor.
    """
    graph = Graph()
    first, last = topology.nodes[0], topology.nodes[-1]
    words = helper.make_tensor_value_info(first.name, element_type(first.out.type, smallest=8), ["N", *first.out.shape])
    graph.inputs.append(words)
    values = {first.name: Value(first.name, first.out.type, params.frac[first.name])}
    for node, op, _ in topology.steps():
        build = facet(node.kind, "onnx").build
        values[node.name] = build(graph, op, _layer(topology, node, values[node.source], params))
    if not graph.outputs:
        # int32: no numpy type holds an int4.
        integers = graph.integers(values[last.name], "output", TensorProto.INT32)
        shape: list[str | int | None] = ["N", *last.out.shape]
        graph.outputs.append(helper.make_tensor_value_info(integers, TensorProto.INT32, shape))
    return graph.model("network")

"""relu in ONNX."""

from __future__ import annotations

from speckleforge.layers.onnx_graph import Graph, Layer, Value
from speckleforge.layers.relu.op import Relu


def build(graph: Graph, op: Relu, layer: Layer) -> Value:
    """Nothing where the input is unsigned: the QuantizeLinear before was the rectifier."""
    name, x = layer.name, layer.x
    if not x.type.signed:
        return x
    rectified = graph.op("Relu", [graph.dequantise(x, name)], f"{name}/rectified")
    return graph.quantise(rectified, name, op.infer(layer.source).type, x.frac, saturated=True)

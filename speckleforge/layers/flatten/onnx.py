"""flatten in ONNX."""

from __future__ import annotations

from speckleforge.layers.flatten.op import Flatten
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: Flatten, layer: Layer) -> Value:
    """Flatten on dequantised integers."""
    name, x = layer.name, layer.x
    flat = graph.op("Flatten", [graph.dequantise(x, name)], f"{name}/flat", axis=1)
    return graph.quantise(flat, name, x.type, x.frac, saturated=True)

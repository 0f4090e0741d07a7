"""maxpool2d in ONNX."""

from __future__ import annotations

from speckleforge.layers.maxpool2d.op import MaxPool2d
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: MaxPool2d, layer: Layer) -> Value:
    """MaxPool on dequantised integers; ONNX counts windows in ceil mode as PyTorch does."""
    name, x = layer.name, layer.x
    real, size, stride = graph.dequantise(x, name), list(op.size), list(op.stride)
    largest = graph.op("MaxPool", [real], f"{name}/largest", kernel_shape=size, strides=stride, ceil_mode=int(op.ceil))
    return graph.quantise(largest, name, x.type, x.frac, saturated=True)

"""maxpool2d in ONNX."""

from __future__ import annotations

from speckleforge.layers.maxpool2d.op import MaxPool2d
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: MaxPool2d, layer: Layer) -> Value:
    """MaxPool on dequantised integers.

    Ceil mode is written as padding behind the image, which MaxPool leaves out: up to opset 21, `ceil_mode` also counts
    windows that begin outside the image, which PyTorch and the hardware do not.
    """
    name, pads = layer.name, op.pads(layer.source)
    size, stride, around = list(op.size), list(op.stride), [0, 0, pads.bottom, pads.right]
    real = graph.dequantise(layer.x, name)
    largest = graph.op("MaxPool", [real], f"{name}/largest", kernel_shape=size, strides=stride, pads=around)
    return graph.quantise(largest, name, layer.x.type, layer.x.frac, saturated=True)

"""batchnorm in ONNX."""

from __future__ import annotations

from speckleforge.layers.batchnorm.op import BatchNorm
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: BatchNorm, layer: Layer) -> Value:
    """Nothing: the weights before hold it."""
    return layer.x

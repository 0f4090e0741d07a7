"""pedestal in ONNX."""

from __future__ import annotations

import numpy as np

from speckleforge.layers.onnx_graph import Graph, Layer, Value
from speckleforge.layers.pedestal.op import Pedestal


def build(graph: Graph, op: Pedestal, layer: Layer) -> Value:
    """Words less the pedestal, rectified: exact in float32, for they have 16 bits at most."""
    levels = np.ldexp(layer.values["pedestal"].astype(np.float64), -layer.frac).astype(np.float32)
    name = layer.name
    pedestal = graph.constant(f"{name}/pedestal", levels)
    difference = graph.op("Sub", [graph.dequantise(layer.x, name), pedestal], f"{name}/difference")
    rectified = graph.op("Relu", [difference], f"{name}/rectified")
    return graph.quantise(rectified, name, layer.source.type, layer.frac, saturated=True)

"""mask in ONNX."""

from __future__ import annotations

import numpy as np

from speckleforge.layers.mask.op import Mask
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: Mask, layer: Layer) -> Value:
    """Words times the mask: exact in float32, for they have 16 bits at most."""
    mask = graph.constant(f"{layer.name}/mask", layer.values["mask"].astype(np.float32))
    kept = graph.op("Mul", [graph.dequantise(layer.x, layer.name), mask], f"{layer.name}/kept")
    return graph.quantise(kept, layer.name, layer.source.type, layer.frac, saturated=True)

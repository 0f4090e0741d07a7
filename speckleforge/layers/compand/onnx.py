"""compand in ONNX: a table over all words."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from speckleforge.layers.compand.op import Compand
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: Compand, layer: Layer) -> Value:
    """Gather the level of each word."""
    words = np.arange(layer.source.type.max + 1, dtype=np.int64)
    levels = (words[:, None] >= layer.values["thresholds"][None, :]).sum(axis=1)
    table = graph.constant(f"{layer.name}/levels", (levels * 2.0**-layer.frac).astype(np.float32))
    index = graph.op("Cast", [layer.x.name], f"{layer.name}/index", to=TensorProto.INT32)
    level = graph.op("Gather", [table, index], f"{layer.name}/level", axis=0)
    return graph.quantise(level, layer.name, op.out, layer.frac, saturated=True)

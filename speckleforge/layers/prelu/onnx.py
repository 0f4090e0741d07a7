"""prelu in ONNX: PRelu, or, where a product exceeds 2**24, the same in float64."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from speckleforge.layers.onnx_graph import FLOAT_LIMIT, Graph, Layer, Value, requantise_double
from speckleforge.layers.prelu.op import Prelu


def build(graph: Graph, op: Prelu, layer: Layer) -> Value:
    """The layer, exact for this slope."""
    slope, shift = int(layer.values["slope"][0]), int(layer.values["shift"][0])
    real = graph.dequantise(layer.x, layer.name)
    value = np.ldexp(np.float64(slope), -shift)
    if layer.source.type.magnitude * abs(slope) > FLOAT_LIMIT:
        return requantise_double(graph, _double(graph, real, layer.name, value), layer, layer.source.type)
    rank = len(layer.source.shape)
    factor = graph.constant(f"{layer.name}/slope", np.full((1,) * rank, value, np.float32))
    leaky = graph.op("PRelu", [real, factor], f"{layer.name}/leaky")
    return graph.quantise(leaky, layer.name, layer.source.type, layer.frac)


def _double(graph: Graph, real: str, name: str, slope: np.float64) -> str:
    """`max(x, 0) + slope * min(x, 0)`; onnxruntime has no PRelu in float64."""
    wide = graph.op("Cast", [real], f"{name}/wide", to=TensorProto.DOUBLE)
    zero = graph.constant(f"{name}/zero", np.float64(0))
    above = graph.op("Max", [wide, zero], f"{name}/above")
    below = graph.op("Min", [wide, zero], f"{name}/below")
    scaled = graph.op("Mul", [below, graph.constant(f"{name}/slope", slope)], f"{name}/scaled_below")
    return graph.op("Add", [above, scaled], f"{name}/leaky")

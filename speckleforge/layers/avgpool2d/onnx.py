"""avgpool2d in ONNX: sums of dequantised integers times a power of two, in float64 beyond 2**24.

AveragePool would divide by the number of elements, which rounds before the layer does.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from speckleforge.fixed.types import signed
from speckleforge.layers import onnx_graph
from speckleforge.layers.avgpool2d.op import AvgPool2d
from speckleforge.layers.onnx_graph import Graph, Layer, Value
from speckleforge.layers.onnx_windows import window_positions


def build(graph: Graph, op: AvgPool2d, layer: Layer) -> Value:
    """A convolution of each channel by itself with equal weights: every product and partial sum is exact in float32."""
    name, source = layer.name, layer.source
    real = graph.dequantise(layer.x, name)
    if op.size[0] * op.size[1] * source.type.magnitude > onnx_graph.FLOAT_LIMIT:
        onnx_graph.check_double(op.acc(source), name)
        return onnx_graph.requantise_double(graph, _gathered(graph, op, real, layer), layer, op.out)
    # Quantised weights: onnxruntime quantises float ones by itself, at a scale that is no power of two. As narrow as
    # the input: 8-bit weights between 4-bit activations it fuses to a QLinearConv that it then refuses.
    kind = onnx_graph.element_type(signed(4 if source.type.bits <= 4 else 8))
    ones = graph.constant(f"{name}/ones", np.ones((source.image[0], 1, *op.size), np.int8), kind)
    share = graph.op("DequantizeLinear", [ones, graph.scale(f"{name}/share_scale", op.divisor_bits)], f"{name}/share")
    sums = graph.op("Conv", [real, share], f"{name}/sums", strides=list(op.stride), group=source.image[0])
    return graph.quantise(sums, name, op.out, layer.frac)


def _gathered(graph: Graph, op: AvgPool2d, real: str, layer: Layer) -> str:
    """float64 sums [N, channels, rows, columns] of gathered windows, scaled."""
    name, out = layer.name, op.infer(layer.source).image
    rows = graph.constant(f"{name}/rows", np.array([0, out[0], -1], np.int64))
    flat = graph.op("Reshape", [real, rows], f"{name}/flat")
    taps = graph.constant(f"{name}/taps", window_positions(layer.source.image[2], out[1:], op.size, op.stride))
    windows = graph.op("Gather", [flat, taps], f"{name}/windows", axis=2)
    wide = graph.op("Cast", [windows], f"{name}/wide", to=TensorProto.DOUBLE)
    last = graph.constant(f"{name}/last", np.array([3], np.int64))
    sums = graph.op("ReduceSum", [wide, last], f"{name}/window_sums", keepdims=0)
    share = graph.constant(f"{name}/share", np.float64(2.0**-op.divisor_bits))
    scaled = graph.op("Mul", [sums, share], f"{name}/shares")
    return graph.op("Reshape", [scaled, graph.constant(f"{name}/shape", np.array([0, *out], np.int64))], f"{name}/sums")

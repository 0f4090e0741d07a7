"""dense in ONNX: Gemm between dequantised tensors, or, beyond 2**24, MatMul in float64."""

from __future__ import annotations

from speckleforge.layers import onnx_graph
from speckleforge.layers.dense.op import Dense
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: Dense, layer: Layer) -> Value:
    """The layer, exact for these weights."""
    real = graph.dequantise(layer.x, layer.name)
    if not layer.fits_float():
        onnx_graph.check_double(op.acc(layer.source), layer.name)
        return onnx_graph.requantise_double(graph, onnx_graph.double_sums(graph, real, layer), layer, op.out)
    weight, bias = onnx_graph.linear_constants(graph, op.weights, layer)
    sums = graph.op("Gemm", [real, weight, bias], f"{layer.name}/sums", transB=1)
    return graph.quantise(sums, layer.name, op.out, layer.frac)

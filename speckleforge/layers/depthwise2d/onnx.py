"""depthwise2d in ONNX: Conv with one group a channel between dequantised tensors, or, beyond 2**24, in float64."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from speckleforge.layers import onnx_graph
from speckleforge.layers.depthwise2d.op import Depthwise2d
from speckleforge.layers.onnx_graph import Graph, Layer, Value
from speckleforge.layers.onnx_windows import window_positions


def build(graph: Graph, op: Depthwise2d, layer: Layer) -> Value:
    """The layer, exact for these weights."""
    real, pads = graph.dequantise(layer.x, layer.name), op.pads(layer.source)
    if not layer.fits_float():
        onnx_graph.check_double(op.acc(layer.source), layer.name)
        return onnx_graph.requantise_double(graph, _unfolded(graph, op, real, layer), layer, op.out)
    around = [pads.top, pads.left, pads.bottom, pads.right]
    weight, bias = onnx_graph.linear_constants(graph, op.weights, layer)
    sums = graph.op(
        "Conv", [real, weight, bias], f"{layer.name}/sums", strides=list(op.stride), pads=around, group=op.channels
    )
    return graph.quantise(sums, layer.name, op.out, layer.frac)


def _unfolded(graph: Graph, op: Depthwise2d, real: str, layer: Layer) -> str:
    """float64 sums [N, channels, rows, columns] from gathered windows [N, channels, positions, taps]."""
    name, source, pads = layer.name, layer.source, op.pads(layer.source)
    if pads.any:
        widths = np.array([0, 0, pads.top, pads.left, 0, 0, pads.bottom, pads.right], np.int64)
        real = graph.op("Pad", [real, graph.constant(f"{name}/pads", widths)], f"{name}/padded")
    flat_shape = graph.constant(f"{name}/flat_shape", np.array([0, op.channels, -1], np.int64))
    flat = graph.op("Reshape", [real, flat_shape], f"{name}/flat")
    _, rows, columns = op.infer(source).image
    positions = window_positions(source.image[2] + pads.left + pads.right, (rows, columns), op.kernel, op.stride)
    taps = graph.constant(f"{name}/taps", positions)
    windows = graph.op("Gather", [flat, taps], f"{name}/windows", axis=2)
    sums = _sums(graph, windows, op, layer)
    shape = graph.constant(f"{name}/shape", np.array([0, op.channels, rows, columns], np.int64))
    return graph.op("Reshape", [sums, shape], f"{name}/sums")


def _sums(graph: Graph, windows: str, op: Depthwise2d, layer: Layer) -> str:
    """`(windows @ weight + bias)` in value, exact in float64: [N, channels, positions, 1]."""
    name, scale = f"{layer.name}/matmul", np.exp2(-layer.weight_frac.astype(np.float64)).reshape(-1, 1, 1)
    weight = layer.values["weight"].reshape(op.channels, -1, 1).astype(np.float64) * scale
    bias = layer.values["bias"].reshape(-1, 1, 1).astype(np.float64) * scale * 2.0**-layer.x.frac
    wide = graph.op("Cast", [windows], f"{name}/windows", to=TensorProto.DOUBLE)
    products = graph.op("MatMul", [wide, graph.constant(f"{name}/weight", weight)], f"{name}/products")
    return graph.op("Add", [products, graph.constant(f"{name}/bias", bias)], f"{name}/sums")

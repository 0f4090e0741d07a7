"""conv2d in ONNX: Conv between dequantised tensors, or, beyond 2**24, unfolded windows times weights in float64."""

from __future__ import annotations

import numpy as np

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.types import TensorType
from speckleforge.layers import onnx_graph
from speckleforge.layers.conv2d.op import Conv2d
from speckleforge.layers.onnx_graph import Graph, Layer, Value


def build(graph: Graph, op: Conv2d, layer: Layer) -> Value:
    """The layer, exact for these weights."""
    real, pads = graph.dequantise(layer.x, layer.name), op.pads(layer.source)
    around = [pads.top, pads.left, pads.bottom, pads.right]
    if not layer.fits_float():
        onnx_graph.check_double(op.acc(layer.source), layer.name)
        return onnx_graph.requantise_double(graph, _unfolded(graph, op, real, layer), layer, op.out)
    weight, bias = onnx_graph.linear_constants(graph, op.weights, layer)
    sums = graph.op("Conv", [real, weight, bias], f"{layer.name}/sums", strides=list(op.stride), pads=around)
    return graph.quantise(sums, layer.name, op.out, layer.frac)


def _unfolded(graph: Graph, op: Conv2d, real: str, layer: Layer) -> str:
    """float64 sums [N, filters, rows, columns] from gathered windows [N, positions, taps]."""
    name, source, pads = layer.name, layer.source, op.pads(layer.source)
    if pads.any:
        widths = np.array([0, 0, pads.top, pads.left, 0, 0, pads.bottom, pads.right], np.int64)
        real = graph.op("Pad", [real, graph.constant(f"{name}/pads", widths)], f"{name}/padded")
    flat = graph.op("Flatten", [real], f"{name}/flat", axis=1)
    taps = graph.constant(f"{name}/taps", window_indices(op, source))
    windows = graph.op("Gather", [flat, taps], f"{name}/windows", axis=1)
    sums = onnx_graph.double_sums(graph, windows, layer)
    channels_first = graph.op("Transpose", [sums], f"{name}/channels_first", perm=[0, 2, 1])
    shape = graph.constant(f"{name}/shape", np.array([0, *op.infer(source).shape], np.int64))
    return graph.op("Reshape", [channels_first, shape], f"{name}/sums")


def window_indices(op: Conv2d, source: TensorType) -> Ints:
    """Flat positions in the padded image of every window's elements: int64 [rows * columns, channels * taps]."""
    channels, rows, columns = source.image
    pads = op.pads(source)
    rows, columns = rows + pads.top + pads.bottom, columns + pads.left + pads.right
    _, out_rows, out_columns = op.infer(source).image
    r, k, c, i, j = np.ogrid[:out_rows, :out_columns, :channels, : op.kernel[0], : op.kernel[1]]
    flat = (c * rows + r * op.stride[0] + i) * columns + k * op.stride[1] + j
    return np.asarray(flat.reshape(out_rows * out_columns, -1), dtype=np.int64)

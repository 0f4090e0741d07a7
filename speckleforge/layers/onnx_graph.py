"""A small builder of quantised (QDQ) ONNX graphs, on which the layers' `onnx.py` facets print themselves.

Standard operators only, opset 21, IR version 10. Scales are powers of two, zero points are 0. A value between layers is
an integer tensor named after its node; its type is (u)int4, 8 or 16, and where the topology's is narrower a Clip before
QuantizeLinear saturates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.fixed.types import IntType
from speckleforge.ir.types import TensorType

OPSET = 21
IR_VERSION = 10
FLOAT_LIMIT = 1 << 24  # float32 holds every integer up to here
DOUBLE_BITS = 53
PRODUCER = "speckleforge"


@dataclass(frozen=True)
class Value:
    """An integer tensor in the graph: its name, the topology's type, and its fraction bits (value = q * 2**-frac)."""

    name: str
    type: IntType
    frac: int


@dataclass(frozen=True)
class Layer:
    """A node as its `onnx.py` facet sees it: `build(graph, op, layer) -> Value`.

    Attributes
    ----------
    name, source
        The node's name and the type of its input in the topology.
    x
        Its input in the graph.
    values
        Parameters by name.
    frac, weight_frac
        Fraction bits of its output, and of each output channel's weights (int64 [out]; empty where it has none).
    """

    name: str
    source: TensorType
    x: Value
    values: Mapping[str, Ints]
    frac: int
    weight_frac: Ints

    def fits_float(self) -> bool:
        """True where float32 computes this linear layer exactly, in whatever order it adds."""
        return int(worst_sums(self.values["weight"], self.values["bias"], self.source.type).max()) <= FLOAT_LIMIT


def container(of: IntType, *, smallest: int = 4) -> IntType:
    """The type of ONNX that holds `of`; `smallest` bits at least.

    Raises
    ------
    DesignError
        Beyond 16 bits: QuantizeLinear has no such type.
    """
    for bits in (4, 8, 16):
        if bits >= smallest and of.bits <= bits:
            return IntType(bits, of.signed)
    raise DesignError(Problem("no quantised ONNX type is as wide", got=str(of), allowed="16 bits at most"))


def element_type(of: IntType, *, smallest: int = 4) -> int:
    """Number of `container` in ONNX."""
    held = container(of, smallest=smallest)
    return int(getattr(TensorProto, f"{'INT' if held.signed else 'UINT'}{held.bits}"))


def activation_type(of: IntType) -> int:
    """ONNX type of an activation; 2 and 3 bits take 8, for onnxruntime 1.31 fails on a Clip before an int4."""
    return element_type(of, smallest=4 if of.bits == 4 else 8)


class Graph:
    """A graph under construction. Names of tensors begin with the name of the topology node that they belong to."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def constant(self, name: str, values: NDArray[Any] | np.generic, element: int | None = None) -> str:
        """An initializer; `element` where numpy has no such type (int4)."""
        array = np.asarray(values)
        if element is None:
            tensor = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
        else:
            tensor = helper.make_tensor(name, element, array.shape, array.reshape(-1).tolist())
        self.initializers.append(tensor)
        return name

    def op(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """A standard operator with one output, called as that."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=f"{output}/{kind}", **attributes))
        return output

    def scale(self, name: str, frac: int | Ints) -> str:
        """float32 constant `2**-frac`: exact."""
        return self.constant(name, np.exp2(-np.asarray(frac, np.float64)).astype(np.float32))

    def dequantise(self, x: Value, reader: str) -> str:
        """float32 tensor `q * 2**-frac` for the layer called `reader`."""
        scale = self.scale(f"{reader}/input_scale", x.frac)
        return self.op("DequantizeLinear", [x.name, scale], f"{reader}/input")

    def integers(self, x: Value, reader: str, to: int) -> str:
        """`q` itself in the ONNX integer type `to`."""
        scale = self.scale(f"{reader}/one", 0)
        plain = self.op("DequantizeLinear", [x.name, scale], f"{reader}/plain")
        return self.op("Cast", [plain], f"{reader}/integers", to=to)

    def quantise(self, real: str, name: str, to: IntType, frac: int, *, saturated: bool = False) -> Value:
        """`saturate(round_half_even(real * 2**frac))` called `name`; `saturated`: it is known to fit."""
        if to.bits not in (4, 8, 16) and not saturated:
            # Before rounding, on exact bounds: gives what a clamp of the rounded integers would.
            low, high = (self.constant(f"{name}/{n}", np.float32(v * 2.0**-frac)) for n, v in _ends(to))
            real = self.op("Clip", [real, low, high], f"{name}/clipped")
        zero = self.constant(f"{name}/zero_point", np.zeros((), np.int64), activation_type(to))
        self.op("QuantizeLinear", [real, self.scale(f"{name}/scale", frac), zero], name)
        return Value(name, to, frac)

    def model(self, name: str) -> onnx.ModelProto:
        """The finished model, checked, with inferred shapes."""
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initializers)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, producer_name=PRODUCER, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model


def _ends(of: IntType) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("lowest", of.min), ("highest", of.max)


def worst_sums(weight: Ints, bias: Ints, source: IntType) -> Ints:
    """`sum|w| * max|x| + |b|` per output channel: no partial sum of these weights is larger."""
    return np.asarray(np.abs(weight.reshape(len(weight), -1)).sum(axis=1) * source.magnitude + np.abs(bias), np.int64)


def linear_constants(graph: Graph, weights: IntType, layer: Layer) -> tuple[str, str]:
    """Dequantised weights (per output channel) and bias (int32) as float32 tensors."""
    name, element = layer.name, element_type(weights)
    if element == TensorProto.INT8 and layer.source.type.bits <= 4:
        # onnxruntime 1.31 fuses 8-bit weights between 4-bit activations to a QLinearConv that it then refuses.
        element = TensorProto.INT16
    weight = graph.constant(f"{name}/weight_q", layer.values["weight"], element)
    weight_scale = graph.scale(f"{name}/weight_scale", layer.weight_frac)
    # Written out although it is zero: without it onnxruntime 1.31 fails on per-channel weights from EXTENDED on.
    weight_zero = graph.constant(f"{name}/weight_zero", np.zeros_like(layer.weight_frac), element)
    bias = graph.constant(f"{name}/bias_q", layer.values["bias"].astype(np.int32))
    bias_scale = graph.scale(f"{name}/bias_scale", layer.weight_frac + layer.x.frac)
    return (
        graph.op("DequantizeLinear", [weight, weight_scale, weight_zero], f"{name}/weight", axis=0),
        graph.op("DequantizeLinear", [bias, bias_scale], f"{name}/bias", axis=0),
    )


def double_sums(graph: Graph, rows: str, layer: Layer) -> str:
    """`(rows @ weight.T + bias)` in value, exact in float64: [..., taps] -> [..., out].

    Parameters
    ----------
    rows
        float32 tensor of dequantised inputs, taps last.
    """
    name, out = f"{layer.name}/matmul", len(layer.values["weight"])
    scale = np.exp2(-layer.weight_frac.astype(np.float64))
    weight = layer.values["weight"].reshape(out, -1).astype(np.float64) * scale[:, None]
    bias = layer.values["bias"].astype(np.float64) * scale * 2.0**-layer.x.frac
    wide = graph.op("Cast", [rows], f"{name}/rows", to=TensorProto.DOUBLE)
    products = graph.op("MatMul", [wide, graph.constant(f"{name}/weight", weight.T)], f"{name}/products")
    return graph.op("Add", [products, graph.constant(f"{name}/bias", bias)], f"{name}/sums")


def requantise_double(graph: Graph, sums: str, layer: Layer, to: IntType) -> Value:
    """Round half to even and saturate in float64, then store as `to`: for sums that float32 cannot hold."""
    name, frac = layer.name, layer.frac
    scaled = graph.op("Mul", [sums, graph.constant(f"{name}/up", np.float64(2.0**frac))], f"{name}/scaled")
    rounded = graph.op("Round", [scaled], f"{name}/rounded")
    low, high = (graph.constant(f"{name}/{n}", np.float64(v)) for n, v in _ends(to))
    clamped = graph.op("Clip", [rounded, low, high], f"{name}/clamped")
    value = graph.op("Mul", [clamped, graph.constant(f"{name}/down", np.float64(2.0**-frac))], f"{name}/value")
    real = graph.op("Cast", [value], f"{name}/real", to=TensorProto.FLOAT)
    return graph.quantise(real, name, to, frac, saturated=True)


def check_double(acc: IntType, name: str) -> None:
    """Raise `DesignError` where not even float64 holds the accumulator."""
    if acc.bits > DOUBLE_BITS:
        raise DesignError(Problem("accumulator is too wide for ONNX", name, str(acc), f"{DOUBLE_BITS} bits at most"))

"""head in ONNX: integer operators only. Outputs: `embedding`, `scores`, `class`, `slot`, `accept`, `keep`."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from speckleforge.layers.head.op import CLASSES, Head
from speckleforge.layers.onnx_graph import Graph, Layer, Value

_LOWEST = -(1 << 31)  # below any score
INT32, INT64, BOOL = TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL


def build(graph: Graph, op: Head, layer: Layer) -> Value:
    """Scores, then the decision (`op.py`). Class and slot: int64 [N], -1 for unknown and none; accept, keep: bool."""
    name, source = layer.name, layer.source
    z = graph.integers(layer.x, name, INT64)
    graph.op("Cast", [z], "embedding", to=INT32)
    prototype = graph.constant(f"{name}/prototype", layer.values["prototype"].T)
    scores = graph.op("MatMul", [z, prototype], f"{name}/wide_scores")
    graph.op("Cast", [scores], "scores", to=INT32)
    slot, best = _best_slot(graph, layer)
    accept = _accept(graph, op, layer, z, best)
    _decide(graph, layer, slot, accept)
    shapes = {"embedding": (INT32, source.shape[0]), "scores": (INT32, op.slots)}
    graph.outputs += [helper.make_tensor_value_info(n, t, ["N", size]) for n, (t, size) in shapes.items()]
    flags = {"class": INT64, "slot": INT64, "accept": BOOL, "keep": BOOL}
    graph.outputs += [helper.make_tensor_value_info(n, t, ["N"]) for n, t in flags.items()]
    return Value("scores", op.infer(source).type, 0)


def _best_slot(graph: Graph, layer: Layer) -> tuple[str, str]:
    """Slot [N] with the largest score among the valid ones, the lowest of equals, and its score as int64 [N]."""
    name = layer.name
    valid = graph.constant(f"{name}/valid", layer.values["valid"].astype(np.bool_))
    lowest = graph.constant(f"{name}/lowest", np.int32(_LOWEST))
    masked = graph.op("Where", [valid, "scores", lowest], f"{name}/masked")
    slot = graph.op("ArgMax", [masked], f"{name}/slot", axis=1, keepdims=0, select_last_index=0)
    best = graph.op("ReduceMax", [masked, graph.constant(f"{name}/axis", np.array([1]))], f"{name}/best", keepdims=0)
    return slot, graph.op("Cast", [best], f"{name}/wide_best", to=INT64)


def _accept(graph: Graph, op: Head, layer: Layer, z: str, best: str) -> str:
    """bool [N]: `s > 0 and s*s * 2**veto_shift >= threshold * (z . z)`; never where no slot is valid."""
    # Where no slot is valid, `best` is _LOWEST: its square times 2**veto_shift would overflow, so it counts as 0.
    name = layer.name
    zero = graph.constant(f"{name}/zero", np.int64(0))
    score = graph.op("Max", [best, zero], f"{name}/score")
    squares = graph.op("Mul", [z, z], f"{name}/squares")
    energy = graph.op("ReduceSum", [squares, f"{name}/axis"], f"{name}/energy", keepdims=0)
    power = graph.op("Mul", [score, score], f"{name}/power")
    factor = graph.constant(f"{name}/veto_factor", np.int64(1 << op.veto_shift))
    left = graph.op("Mul", [power, factor], f"{name}/left")
    threshold = graph.constant(f"{name}/threshold", layer.values["threshold"].reshape(()))
    right = graph.op("Mul", [energy, threshold], f"{name}/right")
    near = graph.op("GreaterOrEqual", [left, right], f"{name}/near")
    return graph.op("And", [graph.op("Greater", [score, zero], f"{name}/positive"), near], "accept")


def _decide(graph: Graph, layer: Layer, slot: str, accept: str) -> None:
    """`class`, `slot`, `keep`."""
    name = layer.name
    some_valid = graph.constant(f"{name}/some_valid", np.bool_(layer.values["valid"].any()))
    none = graph.constant(f"{name}/none", np.int64(-1))
    unknown = graph.constant(f"{name}/unknown", np.int64(CLASSES))
    class_id = graph.op("Gather", [graph.constant(f"{name}/class_id", layer.values["class_id"]), slot], f"{name}/id")
    graph.op("Where", [accept, class_id, none], "class")
    graph.op("Where", [some_valid, slot, none], "slot")
    entry = graph.op("Where", [accept, class_id, unknown], f"{name}/entry")
    keep = graph.constant(f"{name}/keep", layer.values["keep"].astype(np.bool_))
    graph.op("Gather", [keep, entry], "keep")

"""onnxruntime as one of the executions. Takes the exported model; gives integers at every node."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from speckleforge.errors import FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.topology import Topology

LEVELS = ("DISABLE_ALL", "BASIC", "EXTENDED", "ALL")
_RECORD = ("class", "slot", "accept", "keep")
_SUFFIX = "/integers of the node"


def tensor_of(topology: Topology, node: str, names: set[str]) -> str:
    """Name of the tensor that holds a node's integers: its own, or that of the node that it passes on (a relu)."""
    while node not in names:
        found = topology.node(node)
        if found.op is None:
            raise FormatError(Problem("the model has no tensor of this node", node))
        node = found.source
    return node


def expose(model: onnx.ModelProto, topology: Topology) -> tuple[onnx.ModelProto, dict[str, str]]:
    """A copy of the model with every node's integers as a float32 output (exact: 16 bits at most).

    Returns
    -------
    model, outputs
        `outputs`: node -> name of its output. The input and the head have none: the head has its own.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    names = {name for node in copy.graph.node for name in node.output}
    copy.graph.initializer.append(numpy_helper.from_array(np.ones((), np.float32), _SUFFIX))
    outputs: dict[str, str] = {}
    for node, op, _ in topology.steps():
        if op.kind == "head":
            continue
        tensor = tensor_of(topology, node.name, names | {topology.nodes[0].name})
        outputs[node.name] = tensor + _SUFFIX
        if tensor + _SUFFIX not in {value.name for value in copy.graph.output}:
            copy.graph.node.append(helper.make_node("DequantizeLinear", [tensor, _SUFFIX], [tensor + _SUFFIX]))
            value = helper.make_tensor_value_info(tensor + _SUFFIX, TensorProto.FLOAT, ["N", *node.out.shape])
            copy.graph.output.append(value)
    return copy, outputs


class OnnxExecution:
    """A model in onnxruntime on the CPU, one thread.

    Parameters
    ----------
    model
        The exported model.
    topology
        The topology that it was exported from.
    level
        Optimisation: `DISABLE_ALL`, `BASIC`, `EXTENDED` or `ALL`.
    boundaries
        Expose every node; else only the model's own outputs, with all the fusions that an application gets.
    """

    def __init__(self, model: onnx.ModelProto, topology: Topology, level: str = "ALL", *, boundaries: bool = True):
        import onnxruntime

        self._topology = topology
        self._outputs: dict[str, str] = {}
        if boundaries:
            model, self._outputs = expose(model, topology)
        options = onnxruntime.SessionOptions()
        name = "ORT_DISABLE_ALL" if level == "DISABLE_ALL" else f"ORT_ENABLE_{level}"
        options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, name)
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Processors without VNNI add pairs of u8 x s8 products in 16 bits, which saturates; this asks for exact sums.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, words: NDArray[Any]) -> dict[str, Ints]:
        """Integers [N, *shape] as int64 at every exposed node, and at the last one."""
        first = self._session.get_inputs()[0]
        kind = np.uint8 if first.type == "tensor(uint8)" else np.uint16
        names = [output.name for output in self._session.get_outputs()]
        found = dict(zip(names, self._session.run(names, {first.name: words.astype(kind)}), strict=True))
        result = {node: np.asarray(found[name]).astype(np.int64) for node, name in self._outputs.items()}
        last = self._topology.nodes[-1]
        if last.kind == "head":
            record = [np.asarray(found[name]).astype(np.int64).reshape(-1, 1) for name in _RECORD]
            result[last.name] = np.concatenate([np.asarray(found["scores"]).astype(np.int64), *record], axis=1)
        elif last.name not in result:
            result[last.name] = np.asarray(found[names[0]]).astype(np.int64)
        return result


def load_model(path: Path) -> onnx.ModelProto:
    """Read `model.onnx`; raises `FormatError` where it is none."""
    try:
        return onnx.load(path)
    except Exception as error:  # protobuf and the file system raise many kinds
        raise FormatError(Problem("not an ONNX model", path.name, str(error))) from error


def run_levels(
    model: onnx.ModelProto, topology: Topology, words: NDArray[Any], levels: Iterable[str] = LEVELS
) -> dict[str, dict[str, Ints]]:
    """Integers at every node for each optimisation level."""
    return {level: OnnxExecution(model, topology, level).run(words) for level in levels}

"""The stage `export`: checks the quantised integers against the topology and writes what the other rooms read.

Takes the data set and `quantised.safetensors`; gives `parameters.safetensors`, `model.onnx`, `vectors/` and
`conformance.json`. It never changes a learned value.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import read_dataset
from speckleforge.export.model import Exactness, build_model, exactness
from speckleforge.export.vectors import choose_patterns, input_words, write_vectors
from speckleforge.ir.layout import layout_of
from speckleforge.ir.text import parse_topology
from speckleforge.ir.topology import Topology
from speckleforge.layers import op_class
from speckleforge.layers.execute import run_topology
from speckleforge.layers.onnx_graph import FLOAT_LIMIT, IR_VERSION, OPSET
from speckleforge.layers.parameters import read_parameters, write_parameters


def conformance(topology: Topology, rows: list[Exactness], patterns: int) -> dict[str, Any]:
    """What was checked, and how ONNX is exact in each linear layer."""
    layout = layout_of(topology)
    return {
        "conforms": True,
        "layout_id": f"{layout.layout_id:08x}",
        "parameters": {"tensors": len(layout.segments), "elements": sum(s.elements for s in layout.segments)},
        "onnx": {"opset": OPSET, "ir_version": IR_VERSION, "float32_limit": FLOAT_LIMIT},
        "layers": [asdict(row) for row in rows],
        "vectors": {"patterns": patterns, "nodes": len(topology.nodes)},
    }


def run(ctx: StageContext) -> None:
    """Export.

    Raises
    ------
    FormatError, RangeError
        If a parameter is missing, extra, of another shape, not an integer, or out of its range.
    """
    topology = parse_topology(ctx.params["topology"], op_class)
    params = read_parameters(ctx.inputs["quantised"], topology)
    ctx.progress(0.1, "parameters conform")
    write_parameters(ctx.out / "parameters.safetensors", topology, params)
    model = build_model(topology, params)
    (ctx.out / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    ctx.progress(0.3, "model.onnx written")
    dataset = read_dataset(ctx.inputs["dataset"])
    chosen = choose_patterns(dataset, int(ctx.params["patterns"]))
    values = run_topology(topology, input_words(dataset, chosen, topology), params.values)
    write_vectors(ctx.out / "vectors", topology, values)
    ctx.write_json("conformance.json", conformance(topology, exactness(topology, params), len(chosen)))

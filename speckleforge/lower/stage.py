"""The stage `lower`: `topology`, `hardware` and `target` to `design.txt` and `prediction.json`."""

from __future__ import annotations

from speckleforge.artifacts.context import StageContext
from speckleforge.ir.design import print_design
from speckleforge.ir.text import parse_topology
from speckleforge.layers import op_class
from speckleforge.lower.record import design_and_record


def run(ctx: StageContext) -> None:
    """Write the design and its prediction."""
    topology = parse_topology(ctx.params["topology"], op_class)
    design, record = design_and_record(topology, ctx.params["hardware"], ctx.params["target"])
    (ctx.out / "design.txt").write_text(print_design(design), encoding="utf-8")
    ctx.write_json("prediction.json", record)

"""The stage `weights`: writes `weights.bin` and `weights.json`. Takes the design's topology and the parameters."""

from __future__ import annotations

from speckleforge.artifacts.context import StageContext
from speckleforge.ir.design import parse_design_topology
from speckleforge.ir.layout import layout_of
from speckleforge.layers import op_class
from speckleforge.layers.parameters import read_parameters
from speckleforge.layers.weight_image import build_image, describe_image


def run(ctx: StageContext) -> None:
    """Build the image, read it back, describe it.

    Raises
    ------
    FormatError, RangeError
        If the parameters do not conform to the design's topology.
    """
    topology = parse_design_topology(ctx.inputs["design"].read_text(encoding="utf-8"), op_class)
    layout = layout_of(topology)
    params = read_parameters(ctx.inputs["parameters"], topology)
    image = build_image(layout, params.values)
    (ctx.out / "weights.bin").write_bytes(image)
    ctx.write_json("weights.json", describe_image(layout, image))

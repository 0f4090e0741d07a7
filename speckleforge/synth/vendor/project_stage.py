"""The stage `project`: a folder that runs HLS and Vivado on a machine that has them: `sh run.sh`.

Outputs `project/`. What it leaves in `results/` comes back with `forge report SPEC --ingest DIR`.
"""

from __future__ import annotations

from speckleforge.artifacts.context import StageContext
from speckleforge.synth.vendor import staging
from speckleforge.synth.vendor.data import write_data
from speckleforge.synth.vendor.hls import HlsJob
from speckleforge.synth.vendor.options import RTL, HlsOptions, part_of
from speckleforge.synth.vendor.project import project
from speckleforge.synth.vendor.vivado import ip_block
from speckleforge.synth.vendor.vivado_stage import options_of, rtl_block

NAME = "project"
STEPS = ("csim", "csynth", "export")


def run(ctx: StageContext) -> None:
    """Write the folder: scripts for every front end and release, sources, the bench's data."""
    target, clock_khz = ctx.params["target"], int(ctx.params["clock_khz"])
    hls, rtl = staging.hls_tree_of(ctx.inputs["hls"]), staging.rtl_tree_of(ctx.inputs["rtl"], ctx.inputs["design"])
    asked = ctx.params["hls"]
    steps = ("csim", "csynth", "cosim", "export") if asked["cosim"] else STEPS
    job = HlsJob(
        hls, part_of(target), clock_khz, HlsOptions(steps, uncertainty_percent=asked.get("uncertainty_percent"))
    )
    options = options_of({**ctx.params, "flow": RTL}, reference=False, bitstream=False)
    block = rtl_block(rtl, ctx.inputs["design"], target, clock_khz, regions=ctx.params["vivado"]["regions"])
    found = project(block, job, ip_block(hls, target, clock_khz), options)
    out = ctx.out / NAME
    out.mkdir()
    for name, text in found.files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    staging.lay(ctx.inputs["rtl"], out / rtl.folder, without=("models",))
    staging.lay(ctx.inputs["hls"], out / hls.folder, without=("csim",))
    write_data(out / hls.folder / hls.data, ctx.inputs["vectors"], ctx.inputs["weights"])

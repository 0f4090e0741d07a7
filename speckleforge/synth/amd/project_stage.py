"""The stage `project`: a folder that runs HLS and Vivado on a machine that has them: `sh run.sh`.

Outputs `project/`. What it leaves in `results/` comes back with `forge report SPEC --ingest DIR`.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace

from speckleforge.artifacts.context import StageContext
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.csynth_stage import job_of
from speckleforge.synth.amd.data import write_data
from speckleforge.synth.amd.mmi import MEM_FILE, mem_text
from speckleforge.synth.amd.options import RTL
from speckleforge.synth.amd.power_stage import activity_of
from speckleforge.synth.amd.project import project
from speckleforge.synth.amd.vivado import ip_block
from speckleforge.synth.amd.vivado_stage import options_of, rtl_block

NAME = "project"
STEPS = ("csim", "csynth", "export")


def run(ctx: StageContext) -> None:
    """Write the folder: scripts for every front end and release, sources, the bench's data."""
    target, clock_khz = ctx.params["target"], int(ctx.params["clock_khz"])
    hls, rtl = staging.hls_tree_of(ctx.inputs["hls"]), staging.rtl_tree_of(ctx.inputs["rtl"], ctx.inputs["design"])
    steps = ("csim", "csynth", "cosim", "export") if ctx.params["hls"]["cosim"] else STEPS
    job = job_of(hls, ctx.params, steps, hashlib.sha256(ctx.inputs["weights"].read_bytes()).hexdigest())
    block = rtl_block(rtl, ctx.inputs["design"], target, clock_khz, regions=ctx.params["vivado"]["regions"])
    options = options_of({**ctx.params, "flow": RTL}, reference=False, bitstream=block.whole)
    if "activity" in ctx.inputs and "implement" in options.steps:
        options = replace(options, activity=activity_of(ctx.inputs["activity"], ctx.read_json("activity_record")))
    found = project(block, job, ip_block(hls, target, clock_khz), options, target)
    out = ctx.out / NAME
    out.mkdir()
    for name, text in found.files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    if options.activity:
        shutil.copyfile(ctx.inputs["activity"], out / options.activity.saif)
    staging.lay(ctx.inputs["rtl"], out / rtl.folder, without=("models",))
    staging.lay(ctx.inputs["hls"], out / hls.folder, without=("csim",))
    if "bitstream" in options.steps:
        image = ctx.inputs["weights"].read_bytes()
        (out / MEM_FILE).write_text(mem_text(image, len(image)), encoding="ascii")
    write_data(out / hls.folder / hls.data, ctx.inputs["vectors"], ctx.inputs["weights"])

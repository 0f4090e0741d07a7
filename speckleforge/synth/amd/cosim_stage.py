"""The stage `cosim`: C simulation and co-simulation of the HLS sources in a vendor's tool, with a build's own vectors.

Apart from `csynth`, because vectors and weights are learned: a retrained model must not synthesise again. Outputs
`cosim.json` and `cosim/`.
"""

from __future__ import annotations

import hashlib

from speckleforge.artifacts.context import StageContext
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.csynth_stage import expected_results, job_of
from speckleforge.synth.amd.data import write_data
from speckleforge.synth.amd.hls_results import hls_record
from speckleforge.synth.amd.plans import hls_plan
from speckleforge.synth.amd.run import reading, run_plan
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.vendor import HLS, front_end_of

NAME = "cosim"
STEPS = ("csim", "csynth", "cosim")


def run(ctx: StageContext) -> None:
    """Run the tool and write the record; errors as for the stage `csynth`."""
    tree = staging.hls_tree_of(ctx.inputs["hls"])
    work = staging.work_folder(ctx)
    staging.lay(ctx.inputs["hls"], work / tree.folder, without=("csim",))
    write_data(work / tree.folder / tree.data, ctx.inputs["vectors"], ctx.inputs["weights"])
    weights = hashlib.sha256(ctx.inputs["weights"].read_bytes()).hexdigest()
    plan = hls_plan(job_of(tree, ctx.params, STEPS, weights), *front_end_of(find_tool(HLS)))
    with reading(run_plan(plan, work, ctx.progress, staging.limit_of(ctx, "hls"))):
        record = hls_record(work, expected_results(tree, ctx.params), ())
    ctx.write_json(f"{NAME}.json", record)
    staging.keep(work, ctx.out / NAME)

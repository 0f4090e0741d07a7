"""The stage `cosim`: C simulation and co-simulation of the HLS sources in a vendor's tool, with a build's own vectors.

Apart from `csynth`, because vectors and weights are learned: a retrained model must not synthesise again. Outputs
`cosim.json` and `cosim/`.
"""

from __future__ import annotations

from speckleforge.artifacts.context import StageContext
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.data import write_data
from speckleforge.synth.amd.hls import HlsJob
from speckleforge.synth.amd.hls_results import hls_record
from speckleforge.synth.amd.options import HlsOptions, part_of
from speckleforge.synth.amd.plans import hls_plan
from speckleforge.synth.amd.run import reading, run_plan
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.vendor import HLS, front_end_of

NAME = "cosim"
STEPS = ("csim", "csynth", "cosim")


def run(ctx: StageContext) -> None:
    """Run the tool and write the record; errors as for the stage `csynth`."""
    tree = staging.hls_tree_of(ctx.inputs["hls"])
    target, clock_khz = ctx.params["target"], int(ctx.params["clock_khz"])
    expected = staging.expected_of(tree, str(target["part"]), clock_khz)
    work = staging.work_folder(ctx)
    staging.lay(ctx.inputs["hls"], work / tree.folder, without=("csim",))
    write_data(work / tree.folder / tree.data, ctx.inputs["vectors"], ctx.inputs["weights"])
    options = HlsOptions(STEPS, uncertainty_percent=ctx.params["hls"].get("uncertainty_percent"))
    plan = hls_plan(HlsJob(tree, part_of(target), clock_khz, options), *front_end_of(find_tool(HLS)))
    with reading(run_plan(plan, work, ctx.progress, staging.limit_of(ctx, "hls"))):
        record = hls_record(work, expected, ())
    ctx.write_json(f"{NAME}.json", record)
    staging.keep(work, ctx.out / NAME)

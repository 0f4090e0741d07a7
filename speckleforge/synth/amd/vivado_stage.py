"""The stages `vivado` and `vivado_ip`: Vivado on the SystemVerilog, and on the IP that an HLS run packed.

Here, or on another machine. Outputs `<name>.json` and `<name>/`: reports, log, manifest, checkpoints of a run here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.archive import unpack
from speckleforge.synth.amd.belongs import Expected
from speckleforge.synth.amd.options import HLS_IP, RTL, VivadoOptions
from speckleforge.synth.amd.regions import kernel_regions
from speckleforge.synth.amd.run import reading, run_plan
from speckleforge.synth.amd.trees import HlsTree, RtlTree
from speckleforge.synth.amd.vivado import BITSTREAM, ROUTED, TOOL, Block, core_block, ip_block, settings_of, vivado_plan
from speckleforge.synth.amd.vivado_results import vivado_record
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.releases import release

NAMES = {RTL: "vivado", HLS_IP: "vivado_ip"}
REFERENCE = "reference.dcp"
KEPT = ("checkpoints/synth.dcp", ROUTED, BITSTREAM, "memory.mmi")


def run(ctx: StageContext) -> None:
    """Run Vivado, or take results that were made elsewhere; write the record.

    Raises
    ------
    StageError
        The run failed: says where and why.
    FormatError
        A report is not what it should be.
    """
    name, target = NAMES[ctx.params["flow"]], ctx.params["target"]
    block = block_of(ctx.params, ctx.inputs)
    options = options_of(ctx.params, reference="reference" in ctx.inputs, bitstream=block.whole)
    expected = expected_results(block, options, target)
    work = staging.work_folder(ctx)
    if staging.INGESTED in ctx.inputs:
        unpack(ctx.inputs[staging.INGESTED], work)
        try:
            record = vivado_record(work, expected, target) | {"from": staging.ELSEWHERE}
        except FormatError as error:
            staging.write_stale(ctx, name, error)
            return
    elif not _has_sources(ctx, block):
        staging.write_nothing(ctx, name, "there is no packed IP: no HLS run of this design left one")
        return
    else:
        _lay_inputs(ctx, block, work)
        plan = vivado_plan(block, options, release(find_tool(TOOL).version), target)
        with reading(run_plan(plan, work, ctx.progress, staging.limit_of(ctx, "vivado"))):
            record = vivado_record(work, expected, target)
    ctx.write_json(f"{name}.json", record)
    staging.keep(work, ctx.out / name, KEPT)


def _has_sources(ctx: StageContext, block: Block) -> bool:
    """False where an HLS run packed no IP, or its results were made for another design."""
    return not isinstance(block.tree, HlsTree) or (ctx.inputs["csynth"] / block.tree.archive).is_file()


def block_of(params: Mapping[str, Any], inputs: Mapping[str, Path]) -> Block:
    """What Vivado is given, from a stage's parameters and inputs: `hls`, or `rtl` and `design`."""
    target, clock_khz = params["target"], int(params["clock_khz"])
    if params["flow"] == HLS_IP:
        return ip_block(staging.hls_tree_of(inputs["hls"]), target, clock_khz)
    tree = staging.rtl_tree_of(inputs["rtl"], inputs["design"])
    return rtl_block(tree, inputs["design"], target, clock_khz, regions=params["vivado"]["regions"])


def expected_results(block: Block, options: VivadoOptions, target: Mapping[str, Any]) -> Expected:
    """What results must be of."""
    settings = settings_of(block, options, target)
    return staging.expected_of(block.tree, block.part.part, block.clocks[0].khz, settings=settings, top=block.top)


def rtl_block(tree: RtlTree, design: Path, target: Mapping[str, Any], clock_khz: int, *, regions: bool) -> Block:
    """The SystemVerilog; with the regions that the planner gave its kernels, where they are to be held there."""
    block = core_block(tree, target, clock_khz)
    return replace(block, regions=kernel_regions(design.read_text(encoding="utf-8"))) if regions else block


def options_of(params: Mapping[str, Any], *, reference: bool, bitstream: bool) -> VivadoOptions:
    """Vivado's options as the spec asks."""
    asked = params["vivado"]
    steps = ("synth", "implement") if asked["implement"] else ("synth",)
    rtl = params["flow"] == RTL
    return VivadoOptions(
        steps=(*steps, "bitstream") if bitstream and asked["implement"] and rtl else steps,
        flow=params["flow"],
        threads=asked["threads"],
        reference=REFERENCE if reference and rtl else None,
        slr_pblocks=rtl and asked["regions"],
    )


def _lay_inputs(ctx: StageContext, block: Block, work: Path) -> None:
    """Sources, reference checkpoint, packed IP."""
    if ctx.params["flow"] == HLS_IP:
        staging.lay(ctx.inputs["csynth"] / "ip", work / "ip")
        return
    staging.lay(ctx.inputs["rtl"], work / block.tree.folder)
    if "reference" in ctx.inputs:
        (work / REFERENCE).write_bytes(ctx.inputs["reference"].read_bytes())

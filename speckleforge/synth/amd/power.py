"""Vivado's power estimate of a routed design with simulated activity. Takes a block and the activity; gives a plan.

Opens the checkpoint that an implementation left: other activity, of other weights, needs no other implementation.
"""

from __future__ import annotations

from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.check import check_line, check_script
from speckleforge.synth.amd.hls import fact_lines, step
from speckleforge.synth.amd.options import RTL, Activity
from speckleforge.synth.amd.vendor_plan import MANIFEST, VendorPlan, library
from speckleforge.synth.amd.vivado import TOOL, Block, check_release, read_saif
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.releases import Release

SCRIPT, LIBRARY = "power.tcl", "sf_run.tcl"
CHECKPOINT, REPORT = "routed.dcp", "reports/power_activity.rpt"
STEPS = ("open", "activity", "power")


def power_plan(block: Block, activity: Activity, threads: int, at: Release) -> VendorPlan:
    """What a power analysis runs.

    Parameters
    ----------
    block
        What was implemented; its routed checkpoint must lie in the work folder as `routed.dcp`.
    threads
        `general.maxThreads`.

    Raises
    ------
    DesignError
        There is no table for this release.
    """
    check_release(at)
    files = {SCRIPT: power_script(block, activity, threads), LIBRARY: library(LIBRARY)}
    check_script(files[SCRIPT], TOOL, at, [files[LIBRARY]])
    command = Command(TOOL, ("-mode", "batch", "-nojournal", "-notrace", "-log", "vivado.log", "-source", SCRIPT))
    check_line(command, at)
    plan = Plan(tuple(files.items()), (command,), (REPORT, MANIFEST))
    return VendorPlan(TOOL, str(at), plan, (CHECKPOINT, activity.saif), STEPS, ((),))


def power_script(block: Block, activity: Activity, threads: int) -> str:
    """The text of `power.tcl`."""
    head = f"Power of {block.top} on {block.part.part}. Printed; do not edit.\ndesign {block.tree.design_id}"
    facts = {
        "tool": TOOL,
        "part": block.part.part,
        "top": block.top,
        "design_id": block.tree.design_id,
        "sources": block.tree.digest,
        "implementation": RTL,
        "clock_khz": str(block.clocks[0].khz),
        "activity": activity.digest,
    }
    steps = (
        ("open", [f"set_param general.maxThreads {threads}", f"open_checkpoint {CHECKPOINT}", "file mkdir reports"]),
        ("activity", [read_saif(activity)]),
        ("power", [f"report_power -file {REPORT}"]),
    )
    body = (step(name, lines) for name, lines in steps)
    return "".join([tcl_text.comment(head), f"source {LIBRARY}\n", *fact_lines(facts), *body, "\nsf_finish\n"])

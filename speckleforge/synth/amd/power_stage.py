"""The stage `power`: Vivado's power estimate of the routed design with the activity of golden patterns.

Apart from `vivado`, because activity depends on weights: a retrained model is analysed again, in minutes, and not
implemented again. Output `power.json`, and `power/`: report, log, manifest.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.power_report import SIMULATED, parse_power_report
from speckleforge.parsers.vivado_header import ROUTED as STAGE
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.belongs import Expected, check_manifest, read_manifest, tool_of
from speckleforge.synth.amd.options import Activity
from speckleforge.synth.amd.power import CHECKPOINT, REPORT, power_plan
from speckleforge.synth.amd.run import reading, run_plan
from speckleforge.synth.amd.vivado import ROUTED, TOOL, core_block
from speckleforge.synth.amd.vivado_results import Reports, power_values
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.releases import release

NAME = "power"
RESTS_ON = ("patterns", "cycles", "clock_mhz", "image_id", "tool", "nets", "toggles_per_net_and_cycle", "sha256")


def run(ctx: StageContext) -> None:
    """Run Vivado on the routed checkpoint; write the record.

    Raises
    ------
    StageError
        The run failed: says where and why.
    FormatError
        The report is not what it should be, or rests on no simulated activity.
    """
    target, clock_khz, asked = ctx.params["target"], int(ctx.params["clock_khz"]), ctx.params["vivado"]
    block = core_block(staging.rtl_tree_of(ctx.inputs["rtl"], ctx.inputs["design"]), target, clock_khz)
    about = ctx.read_json("activity_record")
    activity = activity_of(ctx.inputs["activity"], about)
    work = staging.work_folder(ctx)
    shutil.copyfile(ctx.inputs["vivado"] / ROUTED, work / CHECKPOINT)
    shutil.copyfile(ctx.inputs["activity"], work / activity.saif)
    plan = power_plan(block, activity, asked["threads"], release(find_tool(TOOL).version))
    expected = staging.expected_of(block.tree, block.part.part, clock_khz, top=block.top)
    with reading(run_plan(plan, work, ctx.progress, staging.limit_of(ctx, "vivado"))):
        ctx.write_json(f"{NAME}.json", power_record(work, expected, about))
    staging.keep(work, ctx.out / NAME)


def activity_of(saif: Path, record: Mapping[str, Any]) -> Activity:
    """The activity as Vivado is told: the stage `activity` says where in its file the design is.

    Raises
    ------
    FormatError
        The file is not the one that the record is of.
    """
    digest = hashlib.sha256(saif.read_bytes()).hexdigest()
    if digest != record["sha256"]:
        raise FormatError(Problem("an activity file and the record of another one", str(saif), digest))
    return Activity(str(record["file"]), str(record["instance"]), digest)


def matched(nets: str | None) -> bool:
    """Whether a report says that some nets have activity: `95% (1234/1299)`, or the share alone."""
    found = re.search(r"\((\d+)\s*/", nets or "") or re.match(r"\s*([0-9.]+)", nets or "")
    return found is not None and float(found[1]) > 0


def power_record(folder: Path, expected: Expected, activity: Mapping[str, Any]) -> dict[str, Any]:
    """What the analysis said, and the activity that it rests on.

    Raises
    ------
    FormatError
        The report is missing, of another design, or names no activity file.
    """
    manifest = read_manifest(folder)
    check_manifest(manifest, expected)
    report = Reports(folder, expected).read(Path(REPORT).stem, parse_power_report)
    if report.activity != SIMULATED:
        got, step = str(report.activity), "look into the run's log: was the activity file read?"
        raise FormatError(Problem("a power report without simulated activity", REPORT, got, SIMULATED, step))
    if not matched(report.nets_matched):
        what, step = "the activity matches no net of the design", "look at the path that read_saif strips"
        raise FormatError(Problem(what, REPORT, report.nets_matched or "nothing", "some nets", step))
    tool = tool_of(manifest, "Vivado")
    return {
        "tool": tool,
        "implementation": expected.implementation,
        "stage": STAGE,
        "part": expected.part,
        "top": expected.top,
        **power_values(report, tool),
        "activity_sha256": manifest.get("activity"),
        "rests_on": {name: activity[name] for name in RESTS_ON},
    }

"""HLS without Tcl: `v++ -c --mode hls` for C synthesis, `vitis-run --mode hls` for the rest. Gives a plan.

The programs read one configuration file. They write no manifest and name no step, so a last command runs a short script
that gathers the reports and writes it, and the runner announces the steps.
"""

from __future__ import annotations

from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import config_text, tcl_text
from speckleforge.synth.amd.check import check_config, check_line, check_script
from speckleforge.synth.amd.hls import LIBRARY, PROJECT, HlsJob, fact_lines, hls_results, standard, step
from speckleforge.synth.amd.trees import HlsTree
from speckleforge.synth.amd.vendor_plan import MANIFEST, VendorPlan, library
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.front_ends import VPP
from speckleforge.tools.releases import Release

CONFIG = "hls.cfg"
GATHER = "hls_gather.tcl"


def hls_config_plan(job: HlsJob, at: Release) -> VendorPlan:
    """What an HLS run by a configuration file does; raises `DesignError` where the release has no such mode."""
    if not VPP.has(at):
        raise DesignError(Problem("no HLS mode of v++", str(at), allowed=f"{VPP.since} to {VPP.until}"))
    config = config_file(job)
    check_config(config)
    gather = gather_script(job)
    check_script(gather, "vitis-run", at, [library(name) for name in LIBRARY])
    files = ((CONFIG, config), (GATHER, gather), *((name, library(name)) for name in LIBRARY))
    steps = job.options.ordered()
    commands = [_run(name) for name in steps]
    commands.append(Command("vitis-run", ("--mode", "hls", "--tcl", GATHER)))
    for command in commands:
        check_line(command, at)
    plan = Plan(files, tuple(commands), (*hls_results(job), MANIFEST))
    announce = (*((name,) for name in steps), ())
    return VendorPlan(VPP.name, str(at), plan, job.tree.paths(), (*steps, "gather"), announce)


def _run(name: str) -> Command:
    """The command of one step. Source: UG1702, "Creating HLS Components from the Command Line"."""
    where = ("--config", CONFIG, "--work_dir", PROJECT)
    if name == "csynth":
        return Command("v++", ("-c", "--mode", "hls", *where))
    return Command(
        "vitis-run", ("--mode", "hls", {"csim": "--csim", "cosim": "--cosim", "export": "--package"}[name], *where)
    )


def config_file(job: HlsJob) -> str:
    """The text of `hls.cfg`."""
    tree, options = job.tree, job.options
    flags = f"-std={standard(tree, VPP.name)}"
    rows = [("flow_target", "vivado"), ("clock", f"{job.period_ns}ns")]
    if options.uncertainty_percent is not None:
        rows.append(("clock_uncertainty", f"{options.uncertainty_percent}%"))
    rows += [("syn.top", tree.top), ("syn.cflags", flags), ("tb.cflags", flags)]
    rows += [("syn.file", f"{tree.folder}/{name}") for name in tree.sources]
    rows += [("tb.file", f"{tree.folder}/{name}") for name in (*tree.bench, tree.data)]
    rows.append(("syn.rtl.reset", options.reset))
    if options.name_max_length is not None:
        rows.append(("syn.compile.name_max_length", str(options.name_max_length)))
    rows += [("csim.clean", "true"), ("csim.argv", tree.data)]
    rows += [("cosim.rtl", "verilog"), ("cosim.trace_level", options.trace_level), ("cosim.argv", tree.data)]
    head = f"# HLS of {tree.top}. Printed; do not edit.\n# design {tree.design_id}\n"
    lines = [config_text.line(key, value) for key, value in (*rows, *_package(tree))]
    return head + config_text.line("part", job.part.part) + "\n[hls]\n" + "".join(lines)


def _package(tree: HlsTree) -> list[tuple[str, str]]:
    """What the packed IP is called, and where it goes."""
    return [
        ("package.output.format", "ip_catalog"),
        ("package.output.file", tree.archive),
        ("package.output.syn", "false"),
        ("package.ip.vendor", tree.vendor),
        ("package.ip.library", tree.library),
        ("package.ip.name", tree.top),
        ("package.ip.version", tree.version),
        ("package.ip.display_name", f"{tree.top} {tree.design_id[:8]}"),
        ("package.ip.description", tree.description),
    ]


def gather_script(job: HlsJob) -> str:
    """The text of `hls_gather.tcl`."""
    head = f"Results of HLS by v++. Printed; do not edit.\ndesign {job.tree.design_id}"
    bodies = {
        "csim": "sf_copy_reports csim/report csim",
        "csynth": "sf_copy_reports syn/report syn",
        "cosim": "sf_copy_reports sim/report cosim",
        "export": f"sf_take_ip {tcl_text.argument(job.tree.top)}",
    }
    steps = job.options.ordered()
    done = f"set sf_steps {tcl_text.list_word(steps)}\n"
    text = [tcl_text.comment(head), *(f"source {name}\n" for name in LIBRARY), *fact_lines(job.facts(VPP.name)), done]
    return "".join([*text, step("gather", [bodies[name] for name in steps]), "\nsf_finish\n"])

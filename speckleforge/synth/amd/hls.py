"""HLS by Tcl: `vivado_hls -f`, `vitis_hls -f`, `vitis-run --mode hls --tcl`. Takes a job; gives a plan.

One script for all of them; where they differ, the table of the release decides. Runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.check import TABLE, check_line, check_script
from speckleforge.synth.amd.options import EVERY_STEP, Clock, HlsOptions, Part
from speckleforge.synth.amd.settings import hls_settings
from speckleforge.synth.amd.table import commands_of
from speckleforge.synth.amd.trees import HlsTree
from speckleforge.synth.amd.vendor_plan import MANIFEST, VendorPlan, library
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.front_ends import FrontEnd
from speckleforge.tools.releases import Release

CLOCK_PORT = "ap_clk"
SCRIPT = "hls.tcl"
LIBRARY = ("sf_run.tcl", "sf_hls.tcl")
PROJECT = "sf_hls"
SOLUTION = "solution1"
PARTITION_LIMIT = 4096  # parts of an array: what the predictions of `layers.hls` warn above


@dataclass(frozen=True)
class HlsJob:
    """What HLS is asked for: sources, device, clock in kHz, steps."""

    tree: HlsTree
    part: Part
    clock_khz: int
    options: HlsOptions = EVERY_STEP
    weights: str = ""  # sha256 (hex) of the image that the bench loads; empty where nothing is simulated

    @property
    def period_ns(self) -> str:
        """The clock's period as scripts say it."""
        return Clock(CLOCK_PORT, self.clock_khz).period_ns

    def facts(self, tool: str) -> dict[str, str]:
        """What the manifest says of a run."""
        return {
            "tool": tool,
            "part": self.part.part,
            "top": self.tree.top,
            "design_id": self.tree.design_id,
            "topology_id": self.tree.topology_id,
            "sources": self.tree.digest,
            "implementation": "hls",
            "clock_khz": str(self.clock_khz),
            "settings": hls_settings(self.options),
            **({"weights": self.weights} if self.weights else {}),
        }


def hls_tcl_plan(job: HlsJob, front: FrontEnd, at: Release) -> VendorPlan:
    """What an HLS run by Tcl does.

    Raises
    ------
    DesignError
        The front end has no Tcl or is not in this release, or the script needs what the release does not have.
    """
    if front.name not in _STARTS or not front.has(at):
        raise DesignError(Problem("no HLS by Tcl", f"{front.name} {at}", allowed=f"{front.since} to {front.until}"))
    text = hls_script(job, front.name, at)
    files = ((SCRIPT, text), *((name, library(name)) for name in LIBRARY))
    check_script(text, front.name, at, [library(name) for name in LIBRARY])
    command = Command(front.programs[0], (*_STARTS[front.name], SCRIPT))
    check_line(command, at)
    results = (*hls_results(job), MANIFEST)
    steps = ("project", *job.options.ordered())
    return VendorPlan(front.name, str(at), Plan(files, (command,), results), job.tree.paths(), steps, ((),))


_STARTS = {"vivado_hls": ("-f",), "vitis_hls": ("-f",), "vitis-run": ("--mode", "hls", "--tcl")}


def hls_results(job: HlsJob) -> tuple[str, ...]:
    """What the steps leave, whatever the front end."""
    tree = job.tree
    left = {
        "csynth": (f"reports/syn/{tree.top}_csynth.xml", f"reports/syn/{tree.top}_csynth.rpt"),
        "cosim": (f"reports/cosim/{tree.top}_cosim.rpt",),
        "export": (tree.archive,),
    }
    return tuple(name for step in job.options.ordered() for name in left.get(step, ()))


def hls_script(job: HlsJob, tool: str, at: Release) -> str:
    """The text of `hls.tcl`."""
    tree = job.tree
    head = f"HLS of {tree.top} for {job.part.part}, for {tool}. Printed; do not edit.\ndesign {tree.design_id}"
    lines = [tcl_text.comment(head), *(f"source {name}\n" for name in LIBRARY), *fact_lines(job.facts(tool))]
    bodies = {
        "project": _project(job, tool, at),
        "csim": _csim(tree),
        "csynth": _csynth(),
        "cosim": _cosim(tree, job.options),
        "export": _export(tree, tool, at),
    }
    lines += [step(name, bodies[name]) for name in ("project", *job.options.ordered())]
    return "".join([*lines, "\nsf_finish\n"])


def fact_lines(facts: dict[str, str]) -> list[str]:
    """What the manifest says of a run."""
    return [f"sf_fact {tcl_text.words((name, value))}\n" for name, value in facts.items()]


def step(name: str, lines: list[str]) -> str:
    """A step: its name and commands."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"\nsf_step {name} {{\n{body}}}\n"


def _project(job: HlsJob, tool: str, at: Release) -> list[str]:
    """Sources, part, clock and settings. A component wants its sources before its top, a solution the other way."""
    tree, options = job.tree, job.options
    opened, solution = _opened(tool, at)
    top = f"set_top {tcl_text.argument(tree.top)}"
    flags = tcl_text.words(("-cflags", f"-std={standard(tree, tool)}"))
    lines = [opened, top] if solution else [opened]
    lines += [f"add_files {tcl_text.argument(f'{tree.folder}/{name}')} {flags}" for name in tree.sources]
    lines += [f"add_files -tb {tcl_text.argument(f'{tree.folder}/{name}')} {flags}" for name in tree.bench]
    lines.append(f"add_files -tb {tcl_text.argument(f'{tree.folder}/{tree.data}')}")
    lines.append(solution or top)
    lines.append(f"set_part {tcl_text.argument(job.part.part)}")
    lines.append(f"create_clock -period {job.period_ns} -name default")
    if options.uncertainty_percent is not None:
        lines.append(f"set_clock_uncertainty {options.uncertainty_percent}%")
    lines.append(f"config_rtl -reset {options.reset}")
    if "config_array_partition" in commands_of(TABLE, tool, at):
        lines.append(f"config_array_partition -maximum_size {PARTITION_LIMIT}")
    if options.name_max_length is not None:
        lines.append(f"config_compile -name_max_length {options.name_max_length}")
    return lines


def _opened(tool: str, at: Release) -> tuple[str, str]:
    """The commands that open a project, and a solution where there are solutions."""
    table = commands_of(TABLE, tool, at)
    if "open_component" in table:
        return f"open_component -reset {PROJECT} -flow_target vivado", ""
    targets = any(option.name == "-flow_target" for option in table["open_solution"].options)
    target = " -flow_target vivado" if targets else ""
    return f"open_project -reset {PROJECT}", f"open_solution -reset {SOLUTION}{target}"


def standard(tree: HlsTree, tool: str) -> str:
    """The language as this tool's compilers are told: `vivado_hls` takes C++11 alone, under its first name."""
    return "c++0x" if tool == "vivado_hls" else tree.standard


def _csim(tree: HlsTree) -> list[str]:
    """C simulation: the bench is an error unless it returns 0."""
    return [f"csim_design -clean -argv {tcl_text.word(tree.data)}", "sf_copy_reports csim/report csim"]


def _csynth() -> list[str]:
    """C synthesis."""
    return ["csynth_design", "sf_copy_reports syn/report syn"]


def _cosim(tree: HlsTree, options: HlsOptions) -> list[str]:
    """Co-simulation of the RTL with the bench."""
    argv = tcl_text.word(tree.data)
    command = f"cosim_design -rtl verilog -trace_level {options.trace_level} -argv {argv}"
    return [command, "sf_copy_reports sim/report cosim"]


def _export(tree: HlsTree, tool: str, at: Release) -> list[str]:
    """The packed IP, with the design's id in its description."""
    options = {option.name for option in commands_of(TABLE, tool, at)["export_design"].options}
    wanted = {
        "-format": "ip_catalog",
        "-rtl": "verilog",
        "-vendor": tree.vendor,
        "-library": tree.library,
        "-ipname": tree.top,
        "-version": tree.version,
        "-display_name": f"{tree.top} {tree.design_id[:8]}",
        "-description": tree.description,
    }
    words = " ".join(tcl_text.words(item) for item in wanted.items() if item[0] in options)
    place = f" -output [file join [pwd] {tcl_text.word(tree.archive)}]" if "-output" in options else ""
    fresh = ["file mkdir ip", f"file delete -force {tcl_text.word(tree.archive)}"]
    return [*fresh, f"export_design {words}{place}", f"sf_take_ip {tcl_text.argument(tree.top)}"]

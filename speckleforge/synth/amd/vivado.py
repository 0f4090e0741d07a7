"""Vivado, non-project: from the SystemVerilog or from an HLS IP to reports, checkpoints, a bitstream. Gives a plan.

A block is synthesised and implemented out of context; the top of a board with pins is a design of its own, and only it
gets a bitstream. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speckleforge.artifacts.memory_map import MMI_SCRIPT
from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import names, tcl_text
from speckleforge.synth.amd.check import check_line, check_script
from speckleforge.synth.amd.constraints import block_clocks, board_pins, slr_pblocks
from speckleforge.synth.amd.hls import CLOCK_PORT, fact_lines, step
from speckleforge.synth.amd.mmi import MMI_FILE
from speckleforge.synth.amd.options import HLS_IP, RTL, Activity, Clock, Part, VivadoOptions, part_of
from speckleforge.synth.amd.settings import vivado_settings
from speckleforge.synth.amd.trees import BOOT_FILE, HlsTree, RtlTree
from speckleforge.synth.amd.vendor_plan import MANIFEST, VendorPlan, library
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.front_ends import RELEASES, VIVADO_SINCE
from speckleforge.tools.releases import Release, release

TOOL = "vivado"
SCRIPT, CLOCKS, PINS, PBLOCKS = "vivado.tcl", "sf_clocks.xdc", "sf_pins.xdc", "sf_pblocks.xdc"
LIBRARY = ("sf_run.tcl", "sf_vivado.tcl", MMI_SCRIPT)
MMI, BITSTREAM = MMI_FILE, "design.bit"
ROUTED = "checkpoints/routed.dcp"
BOARD_CORE = "u_board/u_core"  # the core below a board's top
FIRST = VIVADO_SINCE

SYNTH_REPORTS = ("utilization_synth", "utilization_hierarchical_synth", "timing_summary_synth")
ROUTED_REPORTS = (
    *("utilization_routed", "utilization_hierarchical_routed", "timing_summary_routed", "power_routed", "drc_routed"),
    *("methodology_routed", "clock_utilization_routed", "control_sets_routed", "route_status", "bus_skew_routed"),
    "design_analysis_routed",
)


@dataclass(frozen=True)
class Block:
    """What Vivado is given.

    Attributes
    ----------
    tree
        SystemVerilog for the flow `rtl`, HLS sources (of which the packed IP was made) for `hls_ip`.
    part
        The device.
    clocks
        Clocks that enter the block; for an HLS IP there is one, at `ap_clk`.
    constraints
        Constraint files in the work folder, each with the module that it is scoped to, or "" for the whole design.
    regions
        Of `vendor.regions`, with the path of the core below the top: only for `slr_pblocks`.
    core
        Instance of the core below the top; empty where the core is the top.
    """

    tree: RtlTree | HlsTree
    part: Part
    clocks: tuple[Clock, ...]
    constraints: tuple[tuple[str, str], ...] = ()
    regions: Mapping[str, int] | None = None
    core: str = ""

    @property
    def top(self) -> str:
        """The top module: an IP's is named after it."""
        return f"{self.tree.top}_0" if isinstance(self.tree, HlsTree) else self.tree.top

    @property
    def whole(self) -> bool:
        """True for the top of a board with pins: nothing is around it, so nothing of it is out of context."""
        return isinstance(self.tree, RtlTree) and self.part.has_pins


def core_block(tree: RtlTree, target: Mapping[str, Any], clock_khz: int) -> Block:
    """The core, or a board's top, as `emit` printed it into `rtl/`: the core has one clock, at `clk`.

    A board's top has its oscillator's clock instead (`constraints.board_pins`), and makes the core's of it.
    """
    part = part_of(target)
    return Block(tree, part, (Clock("clk", clock_khz),), core=BOARD_CORE if part.has_pins else "")


def ip_block(tree: HlsTree, target: Mapping[str, Any], clock_khz: int) -> Block:
    """The IP that an HLS run packed."""
    return Block(tree, part_of(target), (Clock(CLOCK_PORT, clock_khz),))


def firmware_block(tree: RtlTree, target: Mapping[str, Any], core_khz: int, axil_khz: int) -> Block:
    """The block for a firmware tree: core, DMA (the link of kind `stream`) and registers have their own clocks.

    Parameters
    ----------
    tree
        Of `firmware/rtl`; its folder in the work folder must be `firmware/rtl`, and `firmware/xdc` beside it.
    axil_khz
        Clock of the registers, which the firmware tree decides.

    Raises
    ------
    DesignError
        The target has no link of kind `stream`.
    """
    links = [link for link in (target.get("links") or {}).values() if link.get("kind") == "stream"]
    if not links:
        raise DesignError(Problem("no link of kind 'stream'", f"targets/{target['name']}.yaml: links"))
    dma = round(float(links[0]["mhz"]) * 1000)
    clocks = (Clock("core_clk", core_khz), Clock("dma_clk", dma), Clock("axil_clk", axil_khz))
    return Block(tree, part_of(target), clocks, ((f"firmware/xdc/{tree.top}.xdc", tree.top),), core="u_core")


def vivado_plan(
    block: Block, options: VivadoOptions, at: Release, target: Mapping[str, Any] | None = None
) -> VendorPlan:
    """What a Vivado run does.

    Parameters
    ----------
    target
        The board's values: needed for its pins, where the block is a board's top.

    Raises
    ------
    DesignError
        The options do not fit the block, or the script needs what the release does not have.
    """
    _check(block, options, at, target)
    settings = settings_of(block, options, target)
    files = {SCRIPT: vivado_script(block, options, settings), **_constraint_files(block, options, target)}
    files |= {name: library(name) for name in LIBRARY}
    check_script(files[SCRIPT], TOOL, at, [files[name] for name in LIBRARY])
    for name in (CLOCKS, PINS, PBLOCKS):
        check_script(files.get(name, ""), TOOL, at)
    command = Command(TOOL, ("-mode", "batch", "-nojournal", "-notrace", "-log", "vivado.log", "-source", SCRIPT))
    check_line(command, at)
    plan = Plan(tuple(files.items()), (command,), vivado_results(options))
    return VendorPlan(TOOL, str(at), plan, _inputs(block, options), vivado_steps(options), ((),))


def settings_of(block: Block, options: VivadoOptions, target: Mapping[str, Any] | None) -> str:
    """The digest of what shapes a run besides sources, part and clock (`settings.vivado_settings`)."""
    return vivado_settings(options, _constraint_files(block, options, target))


def vivado_steps(options: VivadoOptions) -> tuple[str, ...]:
    """The steps that a run announces, in order."""
    steps = ["setup", "read", "synth"]
    if "implement" in options.steps:
        steps += ["opt", "place", "phys_opt", "route", "report"]
    if "bitstream" in options.steps:
        steps += ["mmi"] if options.memory_map else []
        steps.append("bitstream")
    return tuple(steps)


def vivado_results(options: VivadoOptions) -> tuple[str, ...]:
    """The files that a run leaves; besides, the memory map where there can be one, else the reason in the manifest."""
    found = [*(f"reports/{name}.rpt" for name in SYNTH_REPORTS), "checkpoints/synth.dcp"]
    if "implement" in options.steps:
        found += [*(f"reports/{name}.rpt" for name in ROUTED_REPORTS), ROUTED]
        found += ["reports/incremental_reuse_routed.rpt"] if options.reference else []
    if "bitstream" in options.steps:
        found.append(BITSTREAM)
    return (*found, MANIFEST)


def check_release(at: Release) -> None:
    """Raise `DesignError` for a release of Vivado without a table."""
    if not release(FIRST) <= at.base <= release(RELEASES[-1]):
        raise DesignError(
            Problem("no table for this release of Vivado", got=str(at), allowed=f"{FIRST} to {RELEASES[-1]}")
        )


def _check(block: Block, options: VivadoOptions, at: Release, target: Mapping[str, Any] | None) -> None:
    """Raise for options that do not fit the block."""
    check_release(at)
    if isinstance(block.tree, HlsTree) != (options.flow == HLS_IP):
        raise DesignError(
            Problem("the flow does not fit the sources", got=options.flow, allowed=f"{RTL}: rtl/, {HLS_IP}: hls/")
        )
    if "bitstream" in options.steps and not block.whole:
        what = "a bitstream needs a top with pins"
        raise DesignError(
            Problem(what, f"targets/{block.part.board}.yaml: pins", next_step="leave bitstream out of the steps")
        )
    if block.whole and not (target or {}).get("pins"):
        raise DesignError(Problem("the top of a board without its pins", f"targets/{block.part.board}.yaml: pins"))
    if options.reference and (options.directives.place, options.directives.route) != ("Default", "Default"):
        raise DesignError(
            Problem("incremental implementation has directives of its own", "directives", allowed="Default")
        )
    if options.slr_pblocks and block.regions is None:
        raise DesignError(
            Problem("no regions for slr_pblocks", "Block.regions", next_step="vendor.regions.kernel_regions")
        )


def _constraint_files(block: Block, options: VivadoOptions, target: Mapping[str, Any] | None) -> dict[str, str]:
    """The constraint files that are printed."""
    files = {PINS: board_pins(target)} if block.whole and target else {CLOCKS: block_clocks(block.clocks)}
    if options.slr_pblocks:
        files[PBLOCKS] = slr_pblocks(block.regions or {}, block.part.slr_count, block.core)
    return files


def _inputs(block: Block, options: VivadoOptions) -> tuple[str, ...]:
    """Files that must lie in the work folder."""
    found = [block.tree.archive] if isinstance(block.tree, HlsTree) else [*block.tree.paths()]
    found += [path for path, _ in block.constraints]
    found += [options.reference] if options.reference else []
    found += [options.activity.saif] if options.activity else []
    return tuple(found)


def vivado_script(block: Block, options: VivadoOptions, settings: str = "") -> str:
    """The text of `vivado.tcl`; `settings` goes into the manifest."""
    head = f"{block.top} on {block.part.part}. Printed; do not edit.\ndesign {block.tree.design_id}"
    facts = {
        "tool": TOOL,
        "part": block.part.part,
        "top": block.top,
        "design_id": block.tree.design_id,
        "sources": block.tree.digest,
        "implementation": "hls" if isinstance(block.tree, HlsTree) else "rtl",
        "flow": options.flow,
        "clock_khz": str(block.clocks[0].khz),
    }
    facts |= {"settings": settings} if settings else {}
    facts |= {"activity": options.activity.digest} if options.activity and options.activity.digest else {}
    lines = [tcl_text.comment(head), *(f"source {name}\n" for name in LIBRARY), *fact_lines(facts)]
    lines += [step(name, body) for name, body in _steps(block, options)]
    return "".join([*lines, "\nsf_finish\n"])


def _steps(block: Block, options: VivadoOptions) -> Sequence[tuple[str, list[str]]]:
    """Name and commands of each step."""
    read = _read_ip(block.tree) if isinstance(block.tree, HlsTree) else _read_rtl(block.tree)
    steps = [("setup", _setup(block, options)), ("read", [*read, *_read_constraints(block, options)])]
    steps.append(("synth", _synth(block, options)))
    if "implement" in options.steps:
        steps += _implement(options)
    if "bitstream" in options.steps:
        if options.memory_map:
            steps.append(("mmi", [f"sf_map {MMI} {BOOT_FILE}"]))
        steps.append(("bitstream", [f"write_bitstream -force {BITSTREAM}", f"sf_need {BITSTREAM}"]))
    return steps


def _setup(block: Block, options: VivadoOptions) -> list[str]:
    """Threads, part, and what must not pass as a warning."""
    return [
        f"set_param general.maxThreads {options.threads}",
        f"create_project -in_memory -part {tcl_text.argument(block.part.part)}",
        # A memory file that is not found: the design would come out with an empty memory.
        "set_msg_config -id {Synth 8-4445} -new_severity ERROR",
        # A design that is not routed completely: Vivado goes on, and times what there is.
        "set_msg_config -id {Route 35-1} -new_severity ERROR",
        "file mkdir reports checkpoints",
    ]


def _read_rtl(tree: RtlTree) -> list[str]:
    """The sources in compile order. Memory files are looked for in the folder in which the tool runs."""
    lines = [f"read_verilog -sv {tcl_text.argument(f'{tree.folder}/{name}')}" for name in tree.files]
    if tree.boot:
        lines.append(f"file copy -force {tcl_text.argument(f'{tree.folder}/{BOOT_FILE}')} {BOOT_FILE}")
    return lines


def _read_ip(tree: HlsTree) -> list[str]:
    """The packed IP, unpacked into a repository and synthesised with the rest (no checkpoint of its own)."""
    module = f"{tree.top}_0"
    named = (("-name", tree.top), ("-vendor", tree.vendor), ("-library", tree.library), ("-version", tree.version))
    options = " ".join(tcl_text.words(item) for item in named)
    return [
        "file delete -force ip_repo ip_made",
        "file mkdir ip_repo ip_made",
        "set_property ip_repo_paths ip_repo [current_project]",
        f"update_ip_catalog -add_ip {tcl_text.argument(tree.archive)} -repo_path ip_repo",
        f"sf_check_ip ip_repo {tree.design_id}",
        "update_ip_catalog -rebuild -repo_path ip_repo",
        f"create_ip {options} -module_name {module} -dir ip_made",
        f"set_property generate_synth_checkpoint false [get_files {module}.xci]",
        f"generate_target synthesis [get_ips {module}]",
    ]


def _read_constraints(block: Block, options: VivadoOptions) -> list[str]:
    """Constraint files; one that is scoped to the top is the whole design's."""
    lines = [f"read_xdc {PINS if block.whole else CLOCKS}"]
    for path, scope in block.constraints:
        names.file_name(path, "constraint file")
        scoped = f"-ref {tcl_text.argument(scope)} " if scope not in ("", block.top) else ""
        lines.append(f"read_xdc {scoped}{tcl_text.argument(path)}")
    return [*lines, *([f"read_xdc {PBLOCKS}"] if options.slr_pblocks else [])]


def _synth(block: Block, options: VivadoOptions) -> list[str]:
    """Synthesis, its checkpoint and reports."""
    mode = "default" if block.whole else "out_of_context"
    top, part = tcl_text.argument(block.top), tcl_text.argument(block.part.part)
    directive = options.directives.synth
    return [
        f"synth_design -top {top} -part {part} -mode {mode} -flatten_hierarchy rebuilt -directive {directive}",
        "write_checkpoint -force checkpoints/synth.dcp",
        f"sf_report_synth {options.max_paths}",
    ]


def _implement(options: VivadoOptions) -> list[tuple[str, list[str]]]:
    """Optimisation to routing, and the reports."""
    use = options.directives
    # Source: UG904, "Using Incremental Implementation": behind opt_design, before place_design.
    reference = [f"read_checkpoint -incremental {tcl_text.argument(options.reference)}"] if options.reference else []
    power = [read_saif(options.activity)] if options.activity else []
    reuse = ["report_incremental_reuse -file reports/incremental_reuse_routed.rpt"] if options.reference else []
    return [
        ("opt", [f"opt_design -directive {use.opt}"]),
        ("place", [*reference, f"place_design -directive {use.place}"]),
        ("phys_opt", [f"phys_opt_design -directive {use.phys_opt}"]),
        ("route", [f"route_design -directive {use.route}", f"write_checkpoint -force {ROUTED}"]),
        ("report", [*power, f"sf_report_routed {options.max_paths}", *reuse]),
    ]


def read_saif(activity: Activity) -> str:
    """The command that gives a design's nets their activity."""
    path, saif = tcl_text.argument(activity.strip_path), tcl_text.argument(activity.saif)
    return f"read_saif -strip_path {path} {saif}"

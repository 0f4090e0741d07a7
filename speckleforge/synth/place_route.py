"""The stage `place_route`: netlist to placed configuration, utilisation and timing (ECP5).

Outputs `placed.config`, `placement.json` (sites used, where the boot memory lies), `timing.json`, `place_route.log`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.parsers.nextpnr_report import STAGE, ClockTiming, NextpnrReport, parse_nextpnr_report
from speckleforge.synth.ecp5 import place_route_plan
from speckleforge.synth.ecp5_bram import find_boot_memory
from speckleforge.synth.ecp5_netlist import end_carries
from speckleforge.synth.execute import execute, tool_label
from speckleforge.synth.seeds import Asked, spread_record, sweep

TOOL = "nextpnr-ecp5"
# Sites of nextpnr that are the same resource as synthesis counts.
SITES = {"lut": "TRELLIS_COMB", "ff": "TRELLIS_FF", "dsp": "MULT18X18D", "bram": "DP16KD"}
SAME_CLOCK = 0.002  # relative difference up to which a constraint is the wanted core clock (the report rounds)


def run(ctx: StageContext) -> None:
    """Place and route the input `netlist` for `params["target"]`, with the seeds in `params["placement"]`."""
    if ctx.params["toolchain"] != "ecp5":
        raise StageError(Problem("no place and route with this toolchain", got=ctx.params["toolchain"], allowed="ecp5"))
    clock_mhz, asked, tool = float(ctx.params["clock_mhz"]), Asked.of(ctx.params["placement"]), tool_label(TOOL)
    trials, folder = sweep(asked, ctx.scratch, lambda seed, work: _place(ctx, asked, seed, work))
    report = _report(folder)
    several = {"placements": spread_record(asked, trials)} if asked.count > 1 else {}
    ctx.write_json("timing.json", timing_record(report, clock_mhz, tool) | several)
    ctx.write_json("placement.json", placement_record(report, ctx.params["target"], tool) | _boot(folder))
    for trial in trials:
        _append(ctx.scratch / f"seed-{trial.seed}" / "nextpnr.log", ctx.out / "place_route.log")
    shutil.move(folder / "placed.config", ctx.out / "placed.config")


def _place(ctx: StageContext, asked: Asked, seed: int, folder: Path) -> tuple[float | None, bool | None]:
    """Place and route with one seed in `folder`; fmax of the core clock in MHz and whether it is met."""
    clock_mhz, tried = float(ctx.params["clock_mhz"]), seed - asked.first
    about = f"{TOOL}, seed {seed}" + (f" ({tried + 1} of {asked.count} at most)" if asked.count > 1 else "")
    ctx.progress(tried / asked.count, about)
    netlist = end_carries(ctx.inputs["netlist"].read_text(encoding="utf-8"))
    (folder / "netlist.json").write_text(netlist, encoding="utf-8")
    execute(place_route_plan(ctx.params["target"], clock_mhz, seed), folder, ctx.out / "place_route.log")
    core = core_clock(_report(folder), clock_mhz)
    return (core.achieved_mhz and round(core.achieved_mhz, 3), core.holds) if core else (None, None)


def _report(folder: Path) -> NextpnrReport:
    """What nextpnr reports of the placed design there."""
    return parse_nextpnr_report((folder / "report.json").read_text(encoding="utf-8"))


def timing_record(report: NextpnrReport, clock_mhz: float, tool: str) -> dict[str, Any]:
    """Clocks with their constraint, the core clock's fmax, and the slowest path of the core clock."""
    core = core_clock(report, clock_mhz)
    fmax: dict[str, Any] = {"value": None, "reason": f"no clock of {clock_mhz:g} MHz in the placed design"}
    if core is not None and core.achieved_mhz is not None:
        fmax = {"value": round(core.achieved_mhz, 3), "stage": STAGE, "tool": tool}
    return {
        "stage": STAGE,
        "tool": tool,
        "implementation": "rtl",
        "clock_mhz": {"value": clock_mhz, "stage": "target"},
        "core_clock": core.name if core else None,
        "fmax_mhz": fmax,
        "holds": core.holds if core else None,
        "clocks": [_clock(clock) for clock in report.clocks],
        "critical_path": _critical_path(report, core),
    }


def core_clock(report: NextpnrReport, clock_mhz: float) -> ClockTiming | None:
    """The slowest of the clocks that are constrained to the wanted core clock."""
    found = [
        clock
        for clock in report.clocks
        if clock.constraint_mhz and abs(clock.constraint_mhz / clock_mhz - 1) <= SAME_CLOCK and clock.achieved_mhz
    ]
    return min(found, key=lambda clock: clock.achieved_mhz or 0.0, default=None)


def placement_record(report: NextpnrReport, target: Mapping[str, Any], tool: str) -> dict[str, Any]:
    """Resources and all sites in use."""
    resources: dict[str, Any] = {}
    for name, site in SITES.items():
        usage = report.utilisation.get(site)
        if usage is None or usage.used is None:
            resources[name] = {"value": None, "reason": f"the report does not name {site}"}
            continue
        available = target["resources"][name]["count"]
        share = round(usage.used / available, 6)
        resources[name] = {"value": usage.used, "available": available, "share": share, "stage": STAGE, "tool": tool}
    sites = {name: usage.used for name, usage in report.utilisation.items() if usage.used}
    return {"stage": STAGE, "tool": tool, "implementation": "rtl", "resources": resources, "sites": sites}


def _boot(folder: Path) -> dict[str, Any]:
    """Where the boot memory lies; None with a reason for a design without one."""
    netlist = json.loads((folder / "placed.json").read_text(encoding="utf-8"))
    try:
        boot = find_boot_memory(netlist, (folder / "placed.config").read_text(encoding="utf-8"))
    except FormatError as error:
        return {"boot_memory": None, "boot_memory_reason": error.problems[0].what}
    return {"boot_memory": boot.as_record()}


def _clock(clock: ClockTiming) -> dict[str, Any]:
    """One clock for JSON."""
    return {
        "name": clock.name,
        "achieved_mhz": clock.achieved_mhz and round(clock.achieved_mhz, 3),
        "constraint_mhz": clock.constraint_mhz and round(clock.constraint_mhz, 3),
        "holds": clock.holds,
    }


def _critical_path(report: NextpnrReport, core: ClockTiming | None) -> dict[str, Any] | None:
    """The slowest path from the core clock to itself."""
    for path in report.critical_paths:
        if core and path.from_clock == path.to_clock and path.from_clock and path.from_clock.endswith(core.name):
            return {
                "delay_ns": round(path.delay_ns, 3),
                "routing_ns": round(path.routing_ns, 3),
                "logic_levels": path.levels,
                "from": path.from_cell,
                "to": path.to_cell,
            }
    return None


def _append(source: Path, log: Path) -> None:
    """Add the tool's own log to the stage's, where it got as far as to write one."""
    if not source.is_file():
        return
    with log.open("a", encoding="utf-8") as sink:
        sink.write(source.read_text(encoding="utf-8"))

"""The stage `activity`: switching activity of the core over golden patterns, back to back. Takes sources, vectors,
weights; gives `activity.saif`, for Vivado's power estimate, and `activity.json`: toggles by kernel.

No power: there is no open model of it. No glitches either: the simulation has no delays. The load of the weights is
left out, for it is not how the core works; so is the first time, until frames leave at the rate at which they enter.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import Problem, StageError
from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Design
from speckleforge.parsers.saif import Saif, check_durations, parse_saif, print_saif
from speckleforge.tools.find import find_tool
from speckleforge.verify.build import CORE, DESIGN, INTERFACE, build_core, gather_sources, rtl_index
from speckleforge.verify.netlist_names import BENCH, as_in_netlist
from speckleforge.verify.rtl import RtlSimulator
from speckleforge.verify.rtl_checks import TIMED_FRAMES, compare_run, frames_of
from speckleforge.verify.sets import WeightSet, read_vectors
from speckleforge.verify.tally import Tally

SAIF, RECORD = "activity.saif", "activity.json"
# Golden vectors take the classes in turn, so a few show all of them. docs/vendor.md says what more would change, and
# what cycles take: a core that works on a frame for long shows fewer.
PATTERNS = 32
MOST_CYCLES = 1_000_000
SEED = 20_251
CLOCK = "clk"
OVERHEAD = "overhead"  # what is in the core besides kernels, as the report calls it
BOARD_PATH = ("u_board", "u_core")  # of the core below a board's top


def run(ctx: StageContext) -> None:
    """Compile, simulate, compare with the golden vectors, count.

    Raises
    ------
    StageError
        A compiler fails, or the trace is not what was asked for.
    MismatchError
        The simulation does not give the golden vectors.
    """
    ctx.progress(0.05, "compiling the core with its activity")
    sim = _simulator(ctx)
    vectors = read_vectors(ctx.inputs["vectors"], sim.design.topology)
    weights = WeightSet("exported", ctx.inputs["weights"].read_bytes(), vectors)
    count = pattern_count(sim.design, weights.patterns)
    ctx.progress(0.6, f"{count} patterns")
    folder = _simulate(sim, weights, count)
    ctx.progress(0.8, "counting")
    index = rtl_index(ctx.inputs["rtl"])
    place = (BENCH, str(index["top"]), *(BOARD_PATH if index["top"] != CORE else ()))
    traced, start = (_read(folder / name) for name in (SAIF, f"{SAIF}.start"))
    check_durations(traced, SAIF)
    saif = as_in_netlist(traced, start, place)
    with (ctx.out / SAIF).open("w", encoding="ascii") as sink:
        sink.writelines(print_saif(saif))
    about = {"patterns": count, "image_id": f"{weights.image_id:08x}"}
    content = (ctx.out / SAIF).read_bytes()
    about |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ctx.write_json(RECORD, about | activity_record(saif, sim.design, place))


def _read(path: Path) -> Saif:
    return parse_saif(path.read_text(encoding="utf-8"), path.name)


def _simulator(ctx: StageContext) -> RtlSimulator:
    """The core's bench, built to record activity."""
    rtl, out, work = ctx.inputs["rtl"], ctx.scratch / "simulators", ctx.scratch / "bench"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    gather_sources(rtl, ctx.inputs["bench"], work)
    build_core(rtl, work, out, trace=True)
    shutil.copyfile(ctx.inputs["bench"] / INTERFACE, out / INTERFACE)
    shutil.copyfile(ctx.inputs["design"], out / DESIGN)
    for path in sorted(rtl.glob("*.hex")):
        shutil.copyfile(path, out / path.name)
    return RtlSimulator(out, ctx.scratch / "runs")


def pattern_count(design: Design, available: int) -> int:
    """How many patterns are traced: at least one."""
    return max(1, min(PATTERNS, available, MOST_CYCLES // stride(design)[0]))


def stride(design: Design) -> tuple[int, int]:
    """Cycles from frame to frame, and frames until tables are filled and results leave at the rate of the frames."""
    kernels = [item.kernel for item in design.instances]
    cycles = simulate_core(kernels, TIMED_FRAMES, interface=design.settings.interface)
    filled = sum(kernel.refill_cycles for kernel in kernels)
    return cycles.interval_cycles, -(-(cycles.latency_cycles + filled) // cycles.interval_cycles) + 1


def _simulate(sim: RtlSimulator, weights: WeightSet, count: int) -> Path:
    """Run frames, `count` of them traced; the folder with the trace. Everything is as the golden vectors say."""
    interval, before = stride(sim.design)
    patterns = [(i - before) % weights.patterns for i in range(before + count + 1)]
    words = np.asarray(weights.expected[sim.design.topology.nodes[0].name])
    script = sim.script().begin(SEED, weights.image)
    script.add(f"activity {sim.design.settings.clock_khz} {interval} {before} {count} {SAIF}")
    run = sim.run(script.frames(frames_of(sim, words, patterns)).add("wait"))
    tally = Tally(tuple(node.name for node in sim.design.topology))
    compare_run(sim, tally, run, [(pattern, 0) for pattern in patterns], [weights])
    tally.verdict(["rtl"], [sim.design.instances[-1].boundary])
    return script.folder


def activity_record(saif: Saif, design: Design, place: Sequence[str]) -> dict[str, Any]:
    """What toggled: in all, by kernel; nets of the clock aside.

    A net that has a name in several instances counts once for each, as in the file.
    """
    names = {f"u_{item.name}": item.name for item in design.instances}
    nets: Counter[str] = Counter()
    toggles: Counter[str] = Counter()
    clock: set[int | None] = set()
    for path, net in saif.walk():
        if net.name.rpartition(".")[2] == CLOCK:
            clock.add(net.toggles)
            continue
        levels = path.split("/")[len(place) :]
        name = names.get(levels[0], OVERHEAD) if levels else OVERHEAD
        nets[name] += 1
        toggles[name] += net.toggles or 0
    cycles = _cycles(saif, clock, design)
    kinds = {item.name: item.kernel.kind for item in design.instances} | {OVERHEAD: ""}
    return {
        "stage": "simulated",
        "implementation": "rtl",
        "tool": f"verilator {find_tool('verilator').version}",
        "clock_mhz": design.settings.clock_mhz,
        "cycles": cycles,
        **_counts(sum(nets.values()), sum(toggles.values()), cycles),
        "kernels": [
            {"name": name, "kind": kind, **_counts(nets[name], toggles[name], cycles)} for name, kind in kinds.items()
        ],
        "file": SAIF,
        "instance": "/".join(place[:2]),  # that of the top: what is below it, the netlist has too
        "duration_ps": int(saif.duration * saif.unit_ps),
    }


def _counts(nets: int, toggles: int, cycles: int) -> dict[str, Any]:
    rate = round(toggles / (nets * cycles), 6) if nets else None
    return {"nets": nets, "toggles": toggles, "toggles_per_net_and_cycle": rate}


def _cycles(saif: Saif, clock: set[int | None], design: Design) -> int:
    """Traced cycles: the clock rises and falls once in each, and the time is theirs."""
    cycles = round(saif.duration * saif.unit_ps * design.settings.clock_khz / 1e9)
    if not cycles or clock != {2 * cycles}:
        raise StageError(Problem("the clock of the trace is not that of the design", SAIF, str(clock), str(2 * cycles)))
    return cycles

"""What placement and timing will have to cope with. Takes a netlist and a target; gives the record `structure`.

Control sets: distinct combinations of clock, enable and reset of the registers. Slices of distributed RAM: memories
with one write port (clock, enable, address) share slices, others do not. Levels of logic: `synth.levels`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from speckleforge.parsers.yosys_log import YosysLog
from speckleforge.parsers.yosys_netlist import Bit, Cell, Module
from speckleforge.synth.cells import LATCHES, RAMS, SHIFTERS
from speckleforge.synth.flat import Placed, flatten
from speckleforge.synth.levels import Graph, longest
from speckleforge.synth.usage import CellTable

RESETS = ("R", "S", "CLR", "PRE", "LSR")  # ports that set or reset a register
ASYNCHRONOUS = ("CLR", "PRE")
SMALL = 8  # registers that share a clock and a reset in half a slice. Source: Xilinx UG574, control signals
REST = "overhead"  # the name under which reports keep what is in no kernel


def structure_record(
    modules: Mapping[str, Module], log: YosysLog, instances: Iterable[str], target: Mapping[str, Any], table: CellTable
) -> dict[str, Any]:
    """What `synthesis.json` holds under `structure`.

    Parameters
    ----------
    modules, log
        Of the whole design.
    instances
        Paths of the kernels' instances; what is in none of them counts as `overhead`.
    target
        With `slices` where its slices are of two sorts.
    table
        How many LUTs a memory primitive takes.
    """
    top = next(name for name, module in modules.items() if module.top)
    design = flatten(modules, top)
    graph = Graph.of(design)
    order = graph.sort()
    paths = longest(graph, order, group_by(instances))
    kernels = [{"name": name, **asdict(path)} for name, path in sorted(paths.items())]
    return {
        "control_sets": control_sets(design.cells),
        "lutram": memory_slices(design.cells, target.get("slices"), table["lutram"]),
        "levels": max((path.levels for path in paths.values()), default=0),
        "paths": kernels,
        "latches": sorted({*log.latches, *(placed.name for placed in design.cells if placed.cell.kind in LATCHES)}),
        "loop": list(graph.loop(order)),
    }


def group_by(instances: Iterable[str]) -> Callable[[Placed], str]:
    """A function that gives the kernel's instance (its name without the path) that holds a cell."""
    known = {path.rpartition(".")[2] for path in instances}
    return lambda placed: next((part for part in placed.name.split(".") if part in known), REST)


def control_sets(cells: Iterable[Placed]) -> dict[str, Any]:
    """How many there are, how large, and how many clocks, enables and resets they are made of."""
    sets: Counter[tuple[Bit | str, ...]] = Counter()
    for placed in cells:
        found = control_set(placed.cell)
        if found is not None:
            sets[found] += 1
    sizes = sorted(sets.values())
    return {
        "count": len(sets),
        "registers": sum(sizes),
        "clocks": len({found[0] for found in sets}),
        "enables": len({found[1] for found in sets} - {"1"}),
        "resets": len({found[2] for found in sets} - {"0"}),
        "asynchronous": len({found[2] for found in sets if found[3]}),
        "median_size": sizes[len(sizes) // 2] if sizes else 0,
        "small": sum(size < SMALL for size in sizes),
    }


def control_set(cell: Cell) -> tuple[Bit, Bit, Bit, bool] | None:
    """Clock, enable, reset and whether the reset needs no clock, of a register; None for any other cell."""
    pins = cell.connections
    if cell.kind.startswith(("FDRE", "FDSE", "FDCE", "FDPE")):
        name = next((port for port in RESETS if port in pins), "")
        return pins["C"][0], _one(pins, "CE", "1"), _one(pins, name, "0"), name in ASYNCHRONOUS
    if cell.kind != "TRELLIS_FF":
        return None
    always = cell.parameters.get("CEMUX", "CE").strip() == "1"
    enable = "1" if always else _one(pins, "CE", "1")
    asynchronous = cell.parameters.get("SRMODE") == "ASYNC" and "LSR" in pins
    return pins["CLK"][0], enable, _one(pins, "LSR", "0"), asynchronous


def memory_slices(
    cells: Iterable[Placed], slices: Mapping[str, Any] | None, luts_of: Mapping[str, float]
) -> dict[str, Any]:
    """LUTs used as memory, and the slices that they fill at least."""
    groups: defaultdict[tuple[Any, ...], float] = defaultdict(float)
    for placed in cells:
        if placed.cell.kind in luts_of:
            groups[_write_port(placed)] += luts_of[placed.cell.kind]
    used = sum(groups.values())
    if not slices:
        return {"luts": int(used), "write_ports": len(groups), "slices": None, "reason": "every slice may hold memory"}
    needed = sum(math.ceil(count / slices["luts"]) for count in groups.values())
    available = slices["memory"]
    share = round(needed / available, 6)
    return {
        "luts": int(used), "write_ports": len(groups), "slices": needed, "available": available, "share": share,
        "of_all_slices": slices["count"],
    }  # fmt: skip


def _write_port(placed: Placed) -> tuple[Any, ...]:
    """What the memories of one slice must have in common."""
    pins, kind = placed.cell.connections, placed.cell.kind
    if kind in SHIFTERS:
        return ("shift", pins.get("CLK"), pins.get("CE"))
    assert kind in RAMS, f"the table counts {kind} as memory, but nothing knows its write port"
    address = pins.get("ADDRH") or pins.get("ADDRD") or pins.get("WAD") or pins.get("A")
    address = address or tuple(bit for port in ("A0", "A1", "A2", "A3", "A4", "A5") for bit in pins.get(port, ()))
    return (pins.get("WCLK") or pins.get("WCK"), pins.get("WE") or pins.get("WRE"), address)


def _one(pins: Mapping[str, tuple[Bit, ...]], port: str, default: str) -> Bit:
    """The bit of a one-bit port."""
    return pins[port][0] if pins.get(port) else default

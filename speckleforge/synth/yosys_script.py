"""Lines of yosys scripts that all toolchains share, and the three plans that they make.

Elaborate all sources; map the design unit by unit (`synth.rtlil`), each in a process of its own; link the mapped units.
"""

from __future__ import annotations

from collections.abc import Sequence

from speckleforge.synth.plan import Command, Plan, Sources

ELABORATED, UNIT, MAPPED = "elaborated.il", "unit.il", "mapped.il"


def elaborate_plan(sources: Sources, begin: str) -> Plan:
    """Read all sources; `elaborated.il` holds every module with its real parameters; `begin` starts the flow."""
    script = [*_read(sources), begin, *_keep(sources), *_write(ELABORATED)]
    return _plan("elaborate", script, (ELABORATED,))


def map_plan(flow: str) -> Plan:
    """Map `unit.il` with the whole `flow`; the result is `mapped.il`."""
    return _plan("map", [f"read_rtlil {UNIT}", flow, *_write(MAPPED)], (MAPPED,))


def link_plan(parts: Sequence[str], begin: str, after: Sequence[str] = ()) -> Plan:
    """Put the mapped units in the files `parts` together: `netlist.json`, `stat.json`, `instances.il`.

    `begin` reads the library that tells the directions of the cells' ports; `after` stands between count and netlist.
    """
    library = "blackbox =A:whitebox"  # its models are not part of the netlist
    script = [*(f"read_rtlil {part}" for part in parts), begin, library, *_costs(), *after, *_netlist()]
    return _plan("link", script, ("netlist.json", "stat.json"))


def _plan(name: str, script: Sequence[str], results: tuple[str, ...]) -> Plan:
    """One run of yosys."""
    text = "".join(f"{line}\n" for line in script)
    return Plan(((f"{name}.ys", text),), (Command("pyosys", (f"{name}.ys",)),), results)


def _read(sources: Sources) -> list[str]:
    """Read all files; modules are elaborated with their real parameters only."""
    include = "".join(f" -I{folder}" for folder in sources.include)
    return [f"read_verilog -sv -defer{include} {name}" for name in sources.files]


def _keep(sources: Sources) -> list[str]:
    """Mark the modules that keep their borders, under their own name or derived for some parameters."""
    return [f"setattr -mod -set keep_hierarchy 1 {name} A:hdlname={name}" for name in sources.keep]


def _write(name: str) -> list[str]:
    """Write the modules of the design, without those of the library."""
    return ["select *", f"write_rtlil -selected {name}", "select -clear"]


def _costs() -> list[str]:
    """Write `stat.json` (cells per module) and `instances.il` (what the modules that were kept apart are called)."""
    return ["tee -q -o stat.json stat -json", "tee -q -o instances.il dump t:*sf_*"]


def _netlist() -> list[str]:
    """Write `netlist.json` without source positions, which hold paths of this machine (`=`: in primitives too)."""
    return [
        "setattr -unset src =*",
        "setattr -mod -unset src =*",
        "write_json -noscopeinfo netlist.json",
    ]

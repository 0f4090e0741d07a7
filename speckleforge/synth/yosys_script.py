"""Lines of yosys scripts that all toolchains share."""

from __future__ import annotations

from speckleforge.synth.plan import Sources


def read_sources(sources: Sources) -> list[str]:
    """Read all files; modules are elaborated with their real parameters only."""
    include = "".join(f" -I{folder}" for folder in sources.include)
    return [f"read_verilog -sv -defer{include} {name}" for name in sources.files]


def keep_modules(sources: Sources) -> list[str]:
    """Mark the modules that are mapped one by one, under their own name or derived for some parameters."""
    return [f"setattr -mod -set keep_hierarchy 1 {name} A:hdlname={name}" for name in sources.keep]


def write_costs() -> list[str]:
    """Write `stat.json` (cells per module) and `instances.il` (what the modules that were kept apart are called)."""
    return ["tee -q -o stat.json stat -json", "tee -q -o instances.il dump t:*sf_*"]


def write_netlist() -> list[str]:
    """Write `netlist.json` without source positions, which hold paths of this machine (`=`: in primitives too)."""
    return [
        "setattr -unset src =*",
        "setattr -mod -unset src =*",
        "write_json -noscopeinfo netlist.json",
    ]

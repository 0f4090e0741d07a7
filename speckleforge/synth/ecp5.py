"""The open ECP5 toolchain: yosys, nextpnr-ecp5, ecppack. Takes sources and a target; gives plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speckleforge.synth.constraints import lpf_text
from speckleforge.synth.plan import Command, Plan, Sources
from speckleforge.synth.yosys_script import elaborate_plan, link_plan, map_plan

CELLS: Mapping[str, Mapping[str, float]] = {
    # Logic as nextpnr counts it (TRELLIS_COMB). Source: nextpnr ecp5/pack.cc, which splits CCU2C and TRELLIS_DPR16X4:
    # four hold its words, and the write port blocks two. It adds two where a carry enters a chain or leaves it, which
    # is not counted here.
    "lut": {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6},
    "lutram": {"TRELLIS_DPR16X4": 6},
    "ff": {"TRELLIS_FF": 1},
    "dsp": {"MULT18X18D": 1},
    "bram": {"DP16KD": 1, "PDPW16KD": 1},
}


FLATTEN = ("setattr -mod -unset keep_hierarchy *", "flatten", "opt_clean")


def elaborate(sources: Sources) -> Plan:
    """Elaborate the sources."""
    return elaborate_plan(sources, f"synth_ecp5 -top {sources.top} -run begin:coarse")


def map_unit(top: str) -> Plan:
    """Map one unit."""
    return map_plan(f"synth_ecp5 -top {top}")


def link(top: str, parts: Sequence[str]) -> Plan:
    """A flat netlist; cells are counted before that, per module."""
    return link_plan(parts, f"synth_ecp5 -top {top} -run begin:coarse", FLATTEN)


def place_route_plan(target: Mapping[str, Any], clock_mhz: float, seed: int) -> Plan:
    """Place and route `netlist.json`.

    Parameters
    ----------
    target
        Part, pins and clocks.
    clock_mhz
        Wanted frequency of clocks that neither the oscillator nor the PLL fix.
    seed
        Of the placement; another one gives another result of like quality.
    """
    arguments = (
        f"--{target['device']}",
        "--package",
        str(target["package"]),
        "--speed",
        str(target["speed"]),
        "--json",
        "netlist.json",
        "--lpf",
        "pins.lpf",
        "--textcfg",
        "placed.config",
        "--report",
        "report.json",
        "--write",
        "placed.json",
        "--log",
        "nextpnr.log",
        "--freq",
        f"{clock_mhz:g}",
        "--seed",
        str(seed),
        "--timing-allow-fail",  # the report says whether the clock is met; an error would hide how far it is
        "--quiet",
    )
    results = ("placed.config", "report.json", "placed.json", "nextpnr.log")
    return Plan((("pins.lpf", lpf_text(target)),), (Command("nextpnr-ecp5", arguments),), results)


def pack_plan() -> Plan:
    """Pack `patched.config` into `design.bit`."""
    arguments = ("--compress", "--input", "patched.config", "--bit", "design.bit")
    return Plan((), (Command("ecppack", arguments),), ("design.bit",))

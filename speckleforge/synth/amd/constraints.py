"""Constraint files (XDC) of a Vivado run: clocks of an out-of-context block, pins of a board, regions. Gives text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import xdc_text
from speckleforge.synth.amd.options import Clock

_PULLS = {"UP": "PULLUP", "DOWN": "PULLDOWN"}  # Source: UG912, PULLTYPE
_CLOCK_ROLES = ("clock", "clock_n")
_BOARD_CLOCKS = """\
The board's clock, at the pin where it enters: of a differential pair that is the positive side (UG903, "Primary
Clocks"). The core's clock follows from it and the dividers of the MMCM or PLL; Vivado derives it.
"""
_NO_CLOCK = """\
No clock goes along with these pins. What comes in, the serial line or a button, comes at any time, and passes
registers that take it over (sf_uart_rx, sf_reset); the serial line out is slower than the clock by a factor of eight or
more, and lamps are for the eye. So no delay at these pins is limited, and none is given.
"""
_CLOCKS = """\
Clocks of the block, out of context. Printed; do not edit.
No input or output delays: what a firmware tree has at the other side of the ports is not known here, and a number
without a source would decide the placement. So paths from and to ports are not timed.
Clocks without HD.CLK_SRC arrive everywhere at once: the delay of a clock's network is that of the firmware tree.
"""


def block_clocks(clocks: Sequence[Clock]) -> str:
    """Periods of the clocks that enter a block, and where their buffers are if that is known.

    Raises
    ------
    DesignError
        There is none, or a port twice.
    """
    ports = [clock.port for clock in clocks]
    if not ports or len(set(ports)) != len(ports):
        raise DesignError(Problem("a block needs clocks, each at a port of its own", got=", ".join(ports)))
    lines = [xdc_text.comment(_CLOCKS.rstrip())]
    for clock in clocks:
        name, port = xdc_text.name(clock.port), xdc_text.ports(clock.port)
        lines.append(f"create_clock -name {name} -period {clock.period_ns} {port}\n")
        if clock.site:
            lines.append(f"set_property HD.CLK_SRC {xdc_text.value(clock.site)} {port}\n")
    return "".join(lines)


def board_pins(target: Mapping[str, Any]) -> str:
    """Sites, standards and clocks of a board's pins, which of them belong to no clock, and the board's own lines.

    Raises
    ------
    DesignError
        A name, site or standard is none that a constraint can carry.
    """
    lines = [xdc_text.comment(f"Pins of {target['name']}. Printed; do not edit.")]
    for name, pin in target["pins"].items():
        for port, site in _ports(name, pin):
            lines += [f"set_property {key} {value} {xdc_text.ports(port)}\n" for key, value in _electrical(site, pin)]
    lines += [*_board_clocks(target), *_no_clock(target)]
    return "".join([*lines, *(f"{str(line).rstrip()}\n" for line in target.get("constraints") or ())])


def _board_clocks(target: Mapping[str, Any]) -> list[str]:
    """Periods of the clocks that enter at a pin."""
    lines = [xdc_text.comment(_BOARD_CLOCKS.rstrip())]
    for clock in target["clocks"].values():
        if clock.get("pin") in target["pins"]:
            entered = Clock(str(clock["pin"]), round(float(clock["mhz"]) * 1000))
            port = xdc_text.ports(entered.port)
            lines.append(f"create_clock -name {xdc_text.name(entered.port)} -period {entered.period_ns} {port}\n")
    return lines


def _no_clock(target: Mapping[str, Any]) -> list[str]:
    """Paths from and to the pins that belong to no clock; constants have none."""
    sides: dict[str, list[str]] = {"in": [], "out": []}
    for name, pin in target["pins"].items():
        if pin["role"] not in (*_CLOCK_ROLES, "tie"):
            sides[pin["direction"]] += [port for port, _ in _ports(name, pin)]
    lines = [f"set_false_path -from {xdc_text.ports(*sides['in'])}\n"] if sides["in"] else []
    lines += [f"set_false_path -to {xdc_text.ports(*sides['out'])}\n"] if sides["out"] else []
    return [xdc_text.comment(_NO_CLOCK.rstrip()), *lines] if lines else []


def _ports(name: str, pin: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Port and site of each bit."""
    if "sites" in pin:
        return [(f"{name}[{index}]", str(site)) for index, site in enumerate(pin["sites"])]
    return [(name, str(pin["site"]))]


def _electrical(site: str, pin: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Properties of a port. Source: UG912, PACKAGE_PIN, IOSTANDARD, PULLTYPE, DRIVE, ODT."""
    found = [("PACKAGE_PIN", xdc_text.value(site)), ("IOSTANDARD", xdc_text.value(str(pin["io_type"])))]
    if pin.get("pull") in _PULLS:
        found.append(("PULLTYPE", _PULLS[str(pin["pull"])]))
    if "drive" in pin:
        found.append(("DRIVE", xdc_text.value(str(pin["drive"]))))
    if "termination" in pin:
        found.append(("ODT", xdc_text.value(str(pin["termination"]))))
    return found


def slr_pblocks(regions: Mapping[str, int], slr_count: int, above: str = "") -> str:
    """Keep instances in their super logic regions.

    Parameters
    ----------
    regions
        Instance -> region (`vendor.regions.kernel_regions`); empty where the chain never leaves one.
    above
        Path of the instance that holds them, such as `u_core`; empty for the top.

    Raises
    ------
    DesignError
        The device has no such region.
    """
    wrong = {name: region for name, region in regions.items() if not 0 <= region < slr_count}
    if wrong:
        raise DesignError(Problem("no such super logic region", got=str(wrong), allowed=f"0 to {slr_count - 1}"))
    lines = [xdc_text.comment("Kernels in the super logic regions of the design. Printed; do not edit.")]
    for region in sorted(set(regions.values())):
        block = f"pblock_slr{region}"
        paths = [f"{above}/{name}".lstrip("/") for name, where in regions.items() if where == region]
        lines.append(f"create_pblock {block}\n")
        lines.append(f"add_cells_to_pblock [get_pblocks {block}] {xdc_text.cells(*paths)}\n")
        lines.append(f"resize_pblock -add SLR{region} [get_pblocks {block}]\n")
    return "".join(lines)

"""What the cells of both families do with a signal. Takes a cell; gives the logic inside it, or None for a boundary.

A boundary is whatever holds a value until a clock edge: registers, block RAM, blocks with a register inside. Sources:
Xilinx UG574 (UltraScale CLB) and UG974 (libraries guide), Lattice's FPGA Libraries Reference Guide, yosys' cell models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from speckleforge.parsers.yosys_netlist import Bit, Cell

FEED = "feed"  # port names of the virtual bits of a carry chain begin so


@dataclass(frozen=True, slots=True)
class Arc:
    """One output bit of a cell and the bits that it depends on without a clock.

    `inside` are bits of the same cell (a carry on its way): they cost no further level.
    """

    output: Bit | tuple[str, int]
    inputs: tuple[Bit, ...]
    inside: tuple[tuple[str, int], ...] = ()


LUTS = frozenset({"LUT1", "LUT2", "LUT3", "LUT4", "LUT5", "LUT6"})
INVERTERS = frozenset({"INV"})  # no level: the LUT, register or block that takes the signal inverts it
MUXES = frozenset({"MUXF7", "MUXF8", "MUXF9", "PFUMX", "L6MUX21"})
CARRIES = frozenset({"CARRY4", "CARRY8", "CCU2C"})
SHIFTERS = frozenset({"SRL16E", "SRLC16E", "SRLC32E"})
RAMS = frozenset(
    {"RAM32M16", "RAM64M8", "RAM32M", "RAM64M", "RAM32X1S", "RAM64X1S", "RAM128X1S", "RAM256X1S", "RAM512X1S"}
    | {"RAM32X1D", "RAM64X1D", "RAM128X1D", "RAM256X1D", "TRELLIS_DPR16X4"}
)
MULTIPLIERS = frozenset({"DSP48E2", "MULT18X18D"})
LATCHES = frozenset({"LDCE", "LDPE"})
KINDS: Mapping[str, frozenset[str]] = {
    "lut": LUTS,
    "mux": MUXES,
    "carry": CARRIES,
    "memory": RAMS | SHIFTERS,
    "dsp": MULTIPLIERS,
}


def kind_of(cell: Cell) -> str | None:
    """`lut`, `mux`, `carry`, `memory` or `dsp`; None for every other cell."""
    return next((name for name, kinds in KINDS.items() if cell.kind in kinds), None)


def arcs(cell: Cell) -> Iterator[Arc]:
    """The logic in a cell; nothing for a boundary."""
    if cell.kind in LUTS | MUXES | INVERTERS:
        yield from _all_to_all(cell, ("O", "Z"))
    elif cell.kind in ("CARRY4", "CARRY8"):
        yield from _carry(cell)
    elif cell.kind == "CCU2C":
        yield from _ccu2c(cell)
    elif cell.kind in RAMS:
        yield from _ram(cell)
    elif cell.kind in SHIFTERS:
        inputs = tuple(b for port in ("A", "A0", "A1", "A2", "A3") for b in cell.connections.get(port, ()))
        yield from (Arc(bit, inputs) for bit in cell.connections.get("Q", ()))
    elif cell.kind in MULTIPLIERS and not _registered(cell):
        yield from _all_to_all(cell, ("P", "PCOUT", "ACOUT", "BCOUT"))


def _all_to_all(cell: Cell, outputs: tuple[str, ...]) -> Iterator[Arc]:
    """Every output depends on every input; ECP5's multiplier has a port for each bit."""
    found = {port: bits for port, bits in cell.connections.items() if port.rstrip("0123456789") in outputs}
    inputs = tuple(bit for port, bits in cell.connections.items() if port not in found for bit in bits)
    yield from (Arc(bit, inputs) for bits in found.values() for bit in bits)


def _carry(cell: Cell) -> Iterator[Arc]:
    """UltraScale: carry i leaves position i and enters position i + 1; sum i needs the carry that enters."""
    pins = cell.connections
    enter = tuple(bit for port in ("CI", "CYINIT", "CI_TOP") for bit in pins.get(port, ()))
    before: tuple[tuple[str, int], ...] = ()
    outputs = zip(pins["S"], pins["DI"], pins.get("O", ()), pins.get("CO", ()), strict=False)
    for index, (s, di, o, co) in enumerate(outputs):
        first = () if before else enter
        yield Arc(o, (s, *first), before)
        yield Arc((FEED, index), (s, di, *first), before)
        before = ((FEED, index),)
        yield Arc(co, (), before)


def _ccu2c(cell: Cell) -> Iterator[Arc]:
    """ECP5: two positions with four inputs each."""
    pins = cell.connections
    enter, before = pins.get("CIN", ()), tuple[tuple[str, int], ...]()
    for index in (0, 1):
        inputs = tuple(bit for port in "ABCD" for bit in pins.get(f"{port}{index}", ()))
        first = () if before else enter
        yield from (Arc(bit, (*inputs, *first), before) for bit in pins.get(f"S{index}", ()))
        yield Arc((FEED, index), (*inputs, *first), before)
        before = ((FEED, index),)
    yield from (Arc(bit, (), before) for bit in pins.get("COUT", ()))


def _ram(cell: Cell) -> Iterator[Arc]:
    """Distributed RAM is read without a clock, each port with its own address."""
    pins = cell.connections
    for port, bits in pins.items():
        if port == "DO":
            address = pins["RAD"]
        elif port.startswith("DO"):
            address = pins[f"ADDR{port[2:]}"]
        elif port in ("O", "SPO", "DPO"):
            prefix = "DPRA" if port == "DPO" else "A"
            address = tuple(b for name, found in pins.items() if name.rstrip("0123456789") == prefix for b in found)
        else:
            continue
        yield from (Arc(bit, address) for bit in bits)


def _registered(cell: Cell) -> bool:
    """Whether a multiplier holds its product or both operands in registers of its own."""
    if cell.kind == "MULT18X18D":
        clocks = {name: value for name, value in cell.parameters.items() if name.startswith("REG_")}
        held = {name.split("_")[1] for name, value in clocks.items() if name.endswith("CLK") and value != "NONE"}
        return "PIPELINE" in held or "OUTPUT" in held or {"INPUTA", "INPUTB"} <= held
    # Not written means 1, the primitive's own default.
    held = {name for name in ("AREG", "BREG", "MREG", "PREG") if "1" in cell.parameters.get(name, "1")[-2:]}
    return "MREG" in held or "PREG" in held or {"AREG", "BREG"} <= held

"""A synthesised netlist as registers with clocks, and the paths between them: for the test of clock crossings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from speckleforge.tools.process import run_tool

RUNNER = "import sys; from pyosys import libyosys as ys; ys.run_pass('script ' + sys.argv[1], ys.Design())"
FLIP_FLOP = re.compile(r"^(FD[RSCP]E|\$_S?DFF.*|\$a?l?s?dffs?r?e?(_.*)?|\$adff|\$dff|\$sdff.*|\$dffe)$")
MEMORY = re.compile(r"^(RAM|\$mem)")
CLOCK_PORTS = ("C", "CLK", "WCLK", "CLKARDCLK", "CLKBWRCLK")


COARSE = ("proc", "flatten", "check -assert", "opt -full", "memory_collect", "opt_clean")
MAPPED = ("synth_xilinx -family xcu -top sf_firmware -flatten -noiopad -noclkbuf",)


def synthesise(rtl: Path, folder: Path, passes: Sequence[str] = COARSE) -> Path:
    """The block around a black-box core, flat: `netlist.json`."""
    index = json.loads((rtl / "files.json").read_text(encoding="utf-8"))
    edges = [name for name in index["files"] if not name.startswith("sf_core.")]
    lines = [f"read_verilog -sv -defer {rtl / name}" for name in edges]
    lines += [f"read_verilog -sv -lib {rtl / 'sf_core.sv'}", "hierarchy -top sf_firmware -check"]
    lines += passes
    lines.append(f"write_json {folder / 'netlist.json'}")
    (folder / "netlist.ys").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_tool([sys.executable, "-c", RUNNER, "netlist.ys"], cwd=folder, log=folder / "yosys.log")
    return folder / "netlist.json"


class Netlist:
    """Registers by name, and what lies between them.

    Attributes
    ----------
    registers
        Path -> the bits that flip-flops drive.
    vectors
        Path -> True if declared with a range.
    """

    def __init__(self, path: Path, top: str) -> None:
        module = json.loads(path.read_text(encoding="utf-8"))["modules"][top]
        self.cells: dict[str, Any] = module["cells"]
        self.ports: dict[str, Any] = module["ports"]
        self.names: dict[str, Any] = module["netnames"]

    @cached_property
    def drivers(self) -> dict[int, str]:
        """Bit -> the cell that drives it."""
        return {
            bit: name
            for name, cell in self.cells.items()
            for port, direction in cell["port_directions"].items()
            if direction == "output"
            for bit in cell["connections"][port]
        }

    @cached_property
    def clock_of(self) -> dict[str, int]:
        """Sequential cell (memories by their read port left out) -> the bit of its clock."""
        return {
            name: next(cell["connections"][port][0] for port in CLOCK_PORTS if port in cell["connections"])
            for name, cell in self.cells.items()
            if FLIP_FLOP.match(cell["type"])
        }

    @cached_property
    def registers(self) -> dict[str, list[int]]:
        """Path -> bits that flip-flops drive."""
        found = {}
        for name, net in self.names.items():
            bits = [bit for bit in net["bits"] if self.drivers.get(bit) in self.clock_of]
            if bits:
                found[name] = bits
        return found

    @cached_property
    def vectors(self) -> dict[str, bool]:
        """Path -> declared with a range: more than one bit, or `[0:0]`."""
        return {
            name: len(net["bits"]) > 1 or bool(net["attributes"].get("single_bit_vector"))
            for name, net in self.names.items()
        }

    @cached_property
    def names_of(self) -> dict[int, list[str]]:
        """Bit of a flip-flop -> all names of the wire: the register's own, and those of ports that carry it on."""
        found: dict[int, list[str]] = {}
        for name, bits in self.registers.items():
            for bit in bits:
                found.setdefault(bit, []).append(name)
        return found

    def aliases(self, known: set[str]) -> dict[str, str]:
        """Every name of a register in `known` -> that one: ports carry its bits under names of their own."""
        of_bits = {tuple(self.names[name]["bits"]): name for name in known if name in self.names}
        return {name: of_bits[bits] for name, net in self.names.items() if (bits := tuple(net["bits"])) in of_bits}

    def crossings(self, clocks: Sequence[str], known: set[str]) -> set[tuple[str, str, str, str]]:
        """(clock, register, clock, register) of every path between flip-flops of two clocks.

        A register is called as in `known` where it is there, else by its shortest name.
        """
        clock_names = {self.ports[clock]["bits"][0]: clock for clock in clocks}
        found = set()
        for cell, clock in self.clock_of.items():
            here = clock_names[clock]
            for bit in self._sources(cell):
                there = clock_names[self.clock_of[self.drivers[bit]]]
                if there != here:
                    into = self.cells[cell]["connections"]["Q"][0]
                    found.add((there, self._name(bit, known), here, self._name(into, known)))
        return found

    def _name(self, bit: int, known: set[str]) -> str:
        """Name of a flip-flop's register."""
        names = sorted(self.names_of[bit], key=lambda name: (name not in known, len(name), name))
        return names[0]

    def _sources(self, cell: str) -> set[int]:
        """Bits of flip-flops that a flip-flop's inputs come from, through logic."""
        found: set[int] = set()
        seen: set[Any] = set()
        waiting = self._inputs(cell)
        while waiting:
            bit = waiting.pop()
            if bit in seen or not isinstance(bit, int):
                continue
            seen.add(bit)
            driver = self.drivers.get(bit)
            if driver in self.clock_of:
                found.add(bit)
            elif driver and not MEMORY.match(self.cells[driver]["type"]) and self.cells[driver]["type"] != "sf_core":
                waiting += self._inputs(driver)
        return found

    def _inputs(self, cell: str) -> list[Any]:
        """Bits that a cell takes, clocks left out."""
        item = self.cells[cell]
        return [
            bit
            for port, direction in item["port_directions"].items()
            if direction == "input" and not (cell in self.clock_of and port in CLOCK_PORTS)
            for bit in item["connections"][port]
        ]

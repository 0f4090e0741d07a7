"""Open synthesis for UltraScale and UltraScale+ with yosys. Takes sources; gives a plan: no timing, no bitstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.synth.plan import Plan, Sources
from speckleforge.synth.yosys_script import elaborate_plan, link_plan, map_plan

NO_FMAX = "no timing model for this part without Vivado"

# LUTs that a memory primitive takes. Source: Xilinx UG574, UltraScale CLB, table of distributed RAM configurations.
LUTRAM: Mapping[str, float] = {
    "RAM32M16": 8,
    "RAM64M8": 8,
    "RAM32M": 4,
    "RAM64M": 4,
    "RAM32X16DR8": 8,
    "RAM64X8SW": 8,
    "RAM32X1S": 1,
    "RAM64X1S": 1,
    "RAM128X1S": 2,
    "RAM256X1S": 4,
    "RAM512X1S": 8,
    "RAM32X1D": 2,
    "RAM64X1D": 2,
    "RAM128X1D": 4,
    "RAM256X1D": 8,
    "SRL16E": 1,
    "SRLC16E": 1,
    "SRLC32E": 1,
}

CELLS: Mapping[str, Mapping[str, float]] = {
    # Two LUTs of up to five shared inputs may share a site, which only placement decides: this counts each by itself.
    "lut": {f"LUT{inputs}": 1 for inputs in range(1, 7)} | dict(LUTRAM),
    "lutram": LUTRAM,
    "ff": dict.fromkeys(("FDRE", "FDSE", "FDCE", "FDPE", "FDRE_1", "FDSE_1", "FDCE_1", "FDPE_1", "LDCE", "LDPE"), 1),
    "dsp": {"DSP48E2": 1},
    "bram": {"RAMB36E2": 1, "RAMB18E2": 0.5},
}

YOSYS_FAMILY: Mapping[str, str] = {"ultrascale": "xcu", "ultrascaleplus": "xcup"}


@dataclass(frozen=True)
class Xilinx:
    """The plans for one family: `ultrascale` or `ultrascaleplus`."""

    family: str = "ultrascale"

    @property
    def command(self) -> str:
        """Of a block: no pads, no clock buffers. No `-uram` either: UltraRAM stays unused (docs/boards.md)."""
        return f"synth_xilinx -family {YOSYS_FAMILY[self.family]} -flatten -noiopad -noclkbuf"

    def elaborate(self, sources: Sources) -> Plan:
        """Elaborate the sources."""
        return elaborate_plan(sources, f"{self.command} -top {sources.top} -run begin:prepare")

    def map_unit(self, top: str) -> Plan:
        """Map one unit."""
        return map_plan(f"{self.command} -top {top}")

    def link(self, top: str, parts: Sequence[str]) -> Plan:
        """A netlist that keeps the blocks apart."""
        return link_plan(parts, f"{self.command} -top {top} -run begin:prepare")

"""Amounts of FPGA resources: predicted, synthesised or available."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Resources:
    """Counts: LUTs (ECP5: LUT4 'COMB'; UltraScale: LUT6), of them LUTRAM, flip-flops, multipliers, block-RAM blocks."""

    lut: int = 0
    lutram: int = 0
    ff: int = 0
    dsp: int = 0
    bram: int = 0

    def __add__(self, other: Resources) -> Resources:
        a, b = self, other
        return Resources(a.lut + b.lut, a.lutram + b.lutram, a.ff + b.ff, a.dsp + b.dsp, a.bram + b.bram)

    def fits(self, budget: Resources) -> bool:
        """True if no count exceeds the budget's."""
        a, b = self, budget  # written out: a planner asks thousands of times
        return a.lut <= b.lut and a.lutram <= b.lutram and a.ff <= b.ff and a.dsp <= b.dsp and a.bram <= b.bram

    def as_dict(self) -> dict[str, int]:
        """Counts by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

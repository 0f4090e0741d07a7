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
        return Resources(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def fits(self, budget: Resources) -> bool:
        """True if no count exceeds the budget's."""
        return all(getattr(self, f.name) <= getattr(budget, f.name) for f in fields(self))

    def as_dict(self) -> dict[str, int]:
        """Counts by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

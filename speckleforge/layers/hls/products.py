"""How the HLS sources make products, where the SystemVerilog has tables. Takes a folding's choice; gives the HLS one.

`da` (distributed arithmetic in LUT memories) has no form that an HLS tool would make: its tables would be thousands of
arrays with as many ports as there are lanes and bits. The same products are made by multipliers: in LUTs where both
factors are narrow, else two in one DSP block.
"""

from __future__ import annotations

from dataclasses import dataclass

CHOICES = ("mul", "fabric", "dsp2")  # in the order of ARITHMETIC in sf_dots.h
FABRIC_BITS = 4  # a factor's width up to which a multiplier in LUTs is small


@dataclass(frozen=True)
class Products:
    """Products of one cycle: `lanes` share each of `weights` weights; `arithmetic` is that of the folding."""

    arithmetic: str
    lanes: int
    weights: int
    bits: int

    @property
    def made(self) -> str:
        """How: `mul` (as the tool chooses), `fabric` (LUTs), `dsp2` (two in one multiplier)."""
        if self.arithmetic != "da":
            return self.arithmetic
        return "fabric" if self.bits <= FABRIC_BITS else "dsp2"

    @property
    def constant(self) -> int:
        """Template constant ARITHMETIC."""
        return CHOICES.index(self.made)

    @property
    def unrolled(self) -> dict[str, int]:
        """Their number, by what they are called in a prediction."""
        names = {"mul": "products", "fabric": "products in LUTs", "dsp2": "products, two a DSP"}
        return {names[self.made]: self.lanes * self.weights}

    @property
    def multipliers(self) -> int:
        """DSP blocks, if the tool takes one for each product that it may choose for."""
        return {"mul": self.lanes, "fabric": 0, "dsp2": -(-self.lanes // 2)}[self.made] * self.weights

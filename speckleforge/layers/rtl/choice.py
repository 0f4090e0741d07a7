"""Which dot products a convolution may be made of, by what it computes in a cycle. Takes numbers; gives choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem

ARITHMETIC = ("mul", "da", "dsp2")  # in the order of the kernels' parameter ARITHMETIC
TABLE_WEIGHTS = {"ecp5": 4, "ultrascale": 5}  # of one table, as their distributed RAM is 16 or 32 words deep
STATIONARY_BITS = 8  # of an operand or weight, at most, where the arithmetic is not `mul`


@dataclass(frozen=True)
class Choice:
    """What is computed in a cycle.

    Attributes
    ----------
    phases
        Cycles of a window.
    lanes
        Kept lanes, which share weights.
    bits
        Of an operand or of a weight, whichever is more.
    """

    phases: int
    lanes: int
    bits: int

    def offers(self, family: str) -> Iterator[tuple[str, int]]:
        """(arithmetic, weights of a table) that can compute it on `ecp5` or `ultrascale`, multipliers first."""
        yield "mul", 1
        if self._stationary:
            yield "da", TABLE_WEIGHTS[family]
            if family == "ultrascale" and self.lanes % 2 == 0:
                yield "dsp2", 1

    def check(self, kind: str, arithmetic: str, group: int) -> None:
        """Refuse an arithmetic that cannot compute it.

        Raises
        ------
        DesignError
            Naming the kernel.
        """
        known = {choice for family in TABLE_WEIGHTS for choice in self.offers(family)}
        if (arithmetic, group) not in known:
            got = f"{arithmetic}, group {group}, {self.phases} phases, {self.lanes} lanes, {self.bits} bits"
            allowed = "mul; where one phase computes everything, da with group 4 or 5, and dsp2 with even lanes"
            raise DesignError(Problem(f"{kind}: arithmetic", got=got, allowed=allowed))

    @property
    def _stationary(self) -> bool:
        return self.phases == 1 and self.bits <= STATIONARY_BITS

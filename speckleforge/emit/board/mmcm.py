"""Clock manager (MMCM) of UltraScale and UltraScale+. Takes oscillator and core clock; gives the dividers, exactly.

Refuses a frequency that no setting makes exactly, and names the nearest ones. Frequencies are decimal numbers of MHz,
taken as fractions: nothing here is rounded but the oscillator's period, which the primitive takes in picoseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from speckleforge.errors import DesignError, Problem

EIGHTH = 8  # multiplier and output divider go in eighths


@dataclass(frozen=True)
class Limits:
    """Of a family, in its slowest speed grade: the faster ones contain them, so that no design depends on the grade.

    Attributes
    ----------
    vco_mhz
        Of the oscillator inside.
    multiply_most
        Largest multiplier.
    """

    vco_mhz: tuple[int, int]
    multiply_most: int


# Source: UG572, table 3-4 (multipliers). VCO of UltraScale: enjoy-digital/litex, litex/soc/cores/clock/xilinx_us.py,
# commit 00c5b991 (grades 1, 2, 3: to 1200, 1440, 1600 MHz); the data sheet, DS892, was not at hand. VCO of UltraScale+:
# AMD DS923 v1.20 and DS931 v1.8, MMCM_FVCOMIN and MMCM_FVCOMAX.
LIMITS: Mapping[str, Limits] = {
    "ultrascale": Limits((600, 1200), 64),
    "ultrascaleplus": Limits((800, 1600), 128),
}
INPUT_MHZ = (10, 800)  # Source: as above, grade 1 of both families
# Source: Linux, drivers/clk/clk-axi-clkgen.c, speed grade 1. The value in DS892 and DS923 was not at hand.
PHASE_DETECTOR_MHZ = (10, 450)
DIVIDE_MOST = 106  # Source: UG572, table 3-4, DIVCLK_DIVIDE
LEAST = (
    2  # of the multiplier and of the output divider, which at 1 gives no clock that a core could have. Source: as above
)
OUTPUT_DIVIDE_MOST = 128
# Ours: no core is expected to get near it, and a clock buffer carries more. Source: AMD DS922 v1.18, BUFG: 667 MHz.
OUTPUT_MOST_MHZ = 500


@dataclass(frozen=True)
class Mmcm:
    """Settings of `sf_clock_ultrascale`: f_out = f_in / divide * (multiply_8ths / 8) / (output_8ths / 8)."""

    divide: int
    multiply_8ths: int
    output_8ths: int
    period_ps: int

    def vco_mhz(self, oscillator_mhz: Fraction) -> Fraction:
        """Frequency of the oscillator inside."""
        return oscillator_mhz * self.multiply_8ths / (EIGHTH * self.divide)

    def clock_mhz(self, oscillator_mhz: Fraction) -> Fraction:
        """Frequency that comes out."""
        return self.vco_mhz(oscillator_mhz) * EIGHTH / self.output_8ths


def plan_mmcm(family: str, oscillator_mhz: float, clock_mhz: float) -> Mmcm:
    """Settings for exactly `clock_mhz`.

    Of several: whole dividers before fractional ones, then the fastest phase detector, then the fastest oscillator
    inside; each lowers the jitter. Source: UG949, "Using MMCM Settings to Reduce Clock Uncertainty".

    Raises
    ------
    DesignError
        No setting gives this frequency; names the nearest ones that exist.
    """
    oscillator, wanted = _decimal(oscillator_mhz), _decimal(clock_mhz)
    where = f"core clock from {oscillator_mhz:g} MHz"
    if not INPUT_MHZ[0] <= oscillator <= INPUT_MHZ[1]:
        allowed = f"{INPUT_MHZ[0]} to {INPUT_MHZ[1]} MHz"
        raise DesignError(Problem("the MMCM cannot use this oscillator", where, f"{oscillator_mhz:g} MHz", allowed))
    found = list(_exact(LIMITS[family], oscillator, wanted)) if wanted <= OUTPUT_MOST_MHZ else []
    if not found:
        raise DesignError(_impossible(where, clock_mhz, nearest(family, oscillator_mhz, clock_mhz)))
    return min(found, key=_preference)


def nearest(family: str, oscillator_mhz: float, clock_mhz: float) -> tuple[int | None, int | None]:
    """The nearest frequencies in kHz at or below and at or above, within a tenth; None where there is none.

    Whole numbers of kHz only, because a spec can name no others.
    """
    limits, oscillator_khz = LIMITS[family], 1000 * _decimal(oscillator_mhz)
    slowest = 1000 * limits.vco_mhz[0] // OUTPUT_DIVIDE_MOST
    centre = max(slowest, min(round(1000 * clock_mhz), 1000 * OUTPUT_MOST_MHZ))
    most = min(centre + centre // 10, 1000 * OUTPUT_MOST_MHZ)
    found = set(_whole_khz(limits, oscillator_khz, centre - centre // 10, most))
    below, above = (khz for khz in found if khz <= centre), (khz for khz in found if khz >= centre)
    return max(below, default=None), min(above, default=None)


def _whole_khz(limits: Limits, oscillator_khz: Fraction, least: int, most: int) -> Iterator[int]:
    """Every frequency between two that is a whole number of kHz."""
    for divide, multiply in _loops(limits, oscillator_khz / 1000):
        vco_8ths, share = oscillator_khz.numerator * multiply, oscillator_khz.denominator * divide
        first = max(LEAST * EIGHTH, -(-vco_8ths // (share * most)))
        last = min(EIGHTH * OUTPUT_DIVIDE_MOST, vco_8ths // (share * least))
        yield from (vco_8ths // (share * o) for o in range(first, last + 1) if vco_8ths % (share * o) == 0)


def _exact(limits: Limits, oscillator: Fraction, wanted: Fraction) -> Iterator[Mmcm]:
    """Every setting that gives the frequency."""
    ratio = wanted / oscillator
    period = round(1_000_000 / oscillator)
    for divide, multiply in _loops(limits, oscillator):
        output, rest = divmod(multiply * ratio.denominator, divide * ratio.numerator)
        if not rest and LEAST * EIGHTH <= output <= OUTPUT_DIVIDE_MOST * EIGHTH:
            yield Mmcm(divide, multiply, output, period)


def _loops(limits: Limits, oscillator: Fraction) -> Iterator[tuple[int, int]]:
    """Input divider and multiplier in eighths of every loop within the limits."""
    slowest, fastest = limits.vco_mhz
    for divide in range(1, DIVIDE_MOST + 1):
        detector = oscillator / divide
        if PHASE_DETECTOR_MHZ[0] <= detector <= PHASE_DETECTOR_MHZ[1]:
            first = max(LEAST * EIGHTH, math.ceil(EIGHTH * slowest / detector))
            last = min(limits.multiply_most * EIGHTH, math.floor(EIGHTH * fastest / detector))
            yield from ((divide, multiply) for multiply in range(first, last + 1))


def _preference(item: Mmcm) -> tuple[int, int, int]:
    """Least first."""
    fractional = (item.multiply_8ths % EIGHTH != 0) + (item.output_8ths % EIGHTH != 0)
    return fractional, item.divide, -item.multiply_8ths


def _decimal(mhz: float) -> Fraction:
    """The decimal number that was written."""
    return Fraction(str(mhz))


def _impossible(where: str, clock_mhz: float, near: tuple[int | None, int | None]) -> Problem:
    """The error for a frequency that does not exist."""
    shown = " and ".join(f"{khz / 1000:g}" for khz in dict.fromkeys(near) if khz is not None)
    return Problem(
        "the MMCM cannot make this clock",
        where,
        got=f"{clock_mhz:g} MHz",
        allowed=f"at most {OUTPUT_MOST_MHZ} MHz, in steps",
        next_step=f"the nearest possible: {shown or 'none within a tenth'}" + " MHz" * bool(shown),
    )

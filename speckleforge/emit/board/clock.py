"""Clock dividers of a board. Takes the oscillator and the wanted core clock; gives PLL and serial dividers.

Refuses a frequency that the hardware cannot make exactly: a build never runs at another clock than the spec says.
"""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem

# Limits in MHz. Source: Lattice FPGA-DS-02012, sysCLOCK PLL timing; prjtrellis libtrellis/tools/ecppll.cpp.
INPUT_MHZ = (8.0, 400.0)
OUTPUT_MHZ = (3.125, 400.0)
VCO_MHZ = (400.0, 800.0)
PHASE_DETECTOR_MHZ = (10.0, 400.0)
DIVIDERS = range(1, 129)
EXACT = 1e-6  # relative difference below which two frequencies are the same
BAUD_TOLERANCE = 0.015  # of the serial rate: the receiver bears about 4 %, half of it is the other side's


@dataclass(frozen=True)
class Ecp5Pll:
    """Divider settings of `sf_clock_ecp5` and the frequency that they give.

    The feedback divider stays 1: the loop divider already reaches every multiple of the phase detector's frequency.
    """

    reference_div: int
    loop_div: int
    output_div: int
    clock_mhz: float


def plan_ecp5_pll(oscillator_mhz: float, clock_mhz: float) -> Ecp5Pll:
    """PLL settings for exactly `clock_mhz`.

    Of several, the one with the fastest phase detector, then the fastest oscillator: both lower the jitter.

    Raises
    ------
    DesignError
        No setting gives this frequency; names the nearest ones that exist.
    """
    where = f"core clock from {oscillator_mhz:g} MHz"
    if not INPUT_MHZ[0] <= oscillator_mhz <= INPUT_MHZ[1]:
        allowed = f"{INPUT_MHZ[0]:g} to {INPUT_MHZ[1]:g} MHz"
        raise DesignError(Problem("the PLL cannot use this oscillator", where, f"{oscillator_mhz:g} MHz", allowed))
    settings = _settings(oscillator_mhz)
    exact = [pll for pll in settings if abs(pll.clock_mhz / clock_mhz - 1) < EXACT]
    if not exact:
        near = _nearest(settings, clock_mhz)
        raise DesignError(
            Problem(
                "the PLL cannot make this clock",
                where,
                got=f"{clock_mhz:g} MHz",
                allowed=f"{OUTPUT_MHZ[0]:g} to {OUTPUT_MHZ[1]:g} MHz in steps",
                next_step=f"the nearest possible: {near} MHz",
            )
        )
    return min(exact, key=lambda pll: (pll.reference_div, -pll.loop_div))


def _settings(oscillator_mhz: float) -> list[Ecp5Pll]:
    """All settings within the limits; one per VCO frequency and output divider."""
    return [
        Ecp5Pll(reference, loop, output, oscillator_mhz * loop / (reference * output))
        for reference in DIVIDERS
        if PHASE_DETECTOR_MHZ[0] <= oscillator_mhz / reference <= PHASE_DETECTOR_MHZ[1]
        for loop in DIVIDERS
        if VCO_MHZ[0] <= oscillator_mhz * loop / reference <= VCO_MHZ[1]
        for output in DIVIDERS
        if OUTPUT_MHZ[0] <= oscillator_mhz * loop / (reference * output) <= OUTPUT_MHZ[1]
    ]


def _nearest(settings: list[Ecp5Pll], clock_mhz: float) -> str:
    """The two nearest frequencies below and above, as text in MHz."""
    possible = sorted({round(pll.clock_mhz, 6) for pll in settings})
    below = [value for value in possible if value < clock_mhz][-1:]
    above = [value for value in possible if value > clock_mhz][:1]
    return " and ".join(f"{value:g}" for value in below + above)


def clocks_per_bit(clock_mhz: float, baud: int) -> int:
    """Core clock cycles per serial bit.

    Raises
    ------
    DesignError
        The clock is too slow for this rate (fewer than 8 cycles), or the nearest divider is more than 1.5 % off.
    """
    exact = clock_mhz * 1e6 / baud
    cycles = round(exact)
    if cycles < 8:
        allowed = f"at most {int(clock_mhz * 1e6 / 8)} baud"
        raise DesignError(
            Problem("the clock is too slow for the serial rate", f"{clock_mhz:g} MHz", f"{baud} baud", allowed)
        )
    if abs(cycles / exact - 1) > BAUD_TOLERANCE:
        rate = round(clock_mhz * 1e6 / cycles)
        problem = Problem(
            "the serial rate cannot be made closely enough",
            f"{clock_mhz:g} MHz",
            f"{baud} baud",
            f"within {BAUD_TOLERANCE:.1%}",
            f"{rate} baud would be exact",
        )
        raise DesignError(problem)
    return cycles

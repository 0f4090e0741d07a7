"""Settings of the MMCM: exact, within the limits, or refused with the nearest frequencies."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.emit.board.mmcm import (
    DIVIDE_MOST,
    EIGHTH,
    LIMITS,
    OUTPUT_DIVIDE_MOST,
    OUTPUT_MOST_MHZ,
    PHASE_DETECTOR_MHZ,
    Mmcm,
    nearest,
    plan_mmcm,
)
from speckleforge.errors import DesignError

FAMILIES = st.sampled_from(sorted(LIMITS))
OSCILLATORS = st.sampled_from([10.0, 24.576, 33.333333, 74.25, 100.0, 125.0, 156.25, 300.0, 322.265625, 800.0])


def check(family: str, mmcm: Mmcm, oscillator: Fraction, clock: Fraction) -> None:
    """The settings give exactly the clock, and break no limit of the family."""
    assert oscillator * mmcm.multiply_8ths == clock * mmcm.divide * mmcm.output_8ths
    assert PHASE_DETECTOR_MHZ[0] <= oscillator / mmcm.divide <= PHASE_DETECTOR_MHZ[1]
    vco = oscillator * mmcm.multiply_8ths / (EIGHTH * mmcm.divide)
    assert LIMITS[family].vco_mhz[0] <= vco <= LIMITS[family].vco_mhz[1]
    assert 1 <= mmcm.divide <= DIVIDE_MOST
    assert 2 * EIGHTH <= mmcm.multiply_8ths <= LIMITS[family].multiply_most * EIGHTH
    assert 2 * EIGHTH <= mmcm.output_8ths <= OUTPUT_DIVIDE_MOST * EIGHTH
    assert abs(mmcm.period_ps * oscillator - 1_000_000) <= oscillator / 2


def possible(family: str, oscillator: Fraction, clock: Fraction) -> bool:
    """By trying every divider and multiplier, in another order than the planner's."""
    for output in range(2 * EIGHTH, OUTPUT_DIVIDE_MOST * EIGHTH + 1):
        vco = clock * output / EIGHTH
        if LIMITS[family].vco_mhz[0] <= vco <= LIMITS[family].vco_mhz[1]:
            for divide in range(1, DIVIDE_MOST + 1):
                multiply = vco * divide * EIGHTH / oscillator
                detector = oscillator / divide
                fits = 2 * EIGHTH <= multiply <= LIMITS[family].multiply_most * EIGHTH
                if multiply.denominator == 1 and fits and 10 <= detector <= 450:
                    return True
    return False


@settings(deadline=None)
@given(FAMILIES, OSCILLATORS, st.integers(1_000, 520_000))
def test_every_clock_is_made_exactly_or_refused(family: str, oscillator_mhz: float, clock_khz: int) -> None:
    clock_mhz, oscillator = clock_khz / 1000, Fraction(str(oscillator_mhz))
    clock = Fraction(clock_khz, 1000)
    try:
        mmcm = plan_mmcm(family, oscillator_mhz, clock_mhz)
    except DesignError:
        assert clock > OUTPUT_MOST_MHZ or not possible(family, oscillator, clock)
        return
    check(family, mmcm, oscillator, clock)
    assert mmcm.clock_mhz(oscillator) == clock


@settings(deadline=None)
@given(FAMILIES, st.sampled_from([10.0, 100.0, 156.25, 300.0]), st.integers(6_250, 500_000))
def test_the_nearest_clocks_exist_and_none_is_between(family: str, oscillator_mhz: float, clock_khz: int) -> None:
    below, above = nearest(family, oscillator_mhz, clock_khz / 1000)
    oscillator = Fraction(str(oscillator_mhz))
    for khz in (below, above):
        if khz is not None:
            check(family, plan_mmcm(family, oscillator_mhz, khz / 1000), oscillator, Fraction(khz, 1000))
    if below is None or above is None or below == above:
        assert below != above or below in (None, clock_khz)
        return
    for khz in {below + 1, clock_khz, above - 1} - {below, above}:
        with pytest.raises(DesignError):
            plan_mmcm(family, oscillator_mhz, khz / 1000)


@pytest.mark.parametrize(
    ("family", "oscillator_mhz", "clock_mhz", "best"),
    [
        ("ultrascale", 300.0, 200.0, Mmcm(1, 32, 48, 3333)),  # the KCU105: 1,200 MHz inside
        ("ultrascale", 125.0, 156.25, Mmcm(1, 40, 32, 8000)),  # whole dividers before the faster 1,093.75 MHz
        ("ultrascale", 300.0, 83.7, Mmcm(10, 279, 100, 3333)),  # only in eighths
        ("ultrascaleplus", 300.0, 50.0, Mmcm(1, 40, 240, 3333)),
        ("ultrascaleplus", 800.0, 200.0, Mmcm(2, 32, 64, 1250)),  # the phase detector does not take 800 MHz
    ],
)
def test_of_several_settings_the_one_with_least_jitter(
    family: str, oscillator_mhz: float, clock_mhz: float, best: Mmcm
) -> None:
    assert plan_mmcm(family, oscillator_mhz, clock_mhz) == best
    check(family, best, Fraction(str(oscillator_mhz)), Fraction(str(clock_mhz)))


def test_an_impossible_clock_names_the_nearest() -> None:
    with pytest.raises(DesignError) as error:
        plan_mmcm("ultrascale", 300.0, 66.667)
    text = str(error.value)
    assert "the MMCM cannot make this clock" in text
    assert "got: 66.667 MHz" in text
    assert "the nearest possible: 66.6 and 66.72 MHz" in text
    with pytest.raises(DesignError, match="the nearest possible: 500 MHz"):
        plan_mmcm("ultrascaleplus", 300.0, 600)


@pytest.mark.parametrize("oscillator_mhz", [5.0, 900.0])
def test_an_oscillator_out_of_range(oscillator_mhz: float) -> None:
    with pytest.raises(DesignError, match="cannot use this oscillator"):
        plan_mmcm("ultrascale", oscillator_mhz, 50)

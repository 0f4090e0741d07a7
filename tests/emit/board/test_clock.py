from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.emit.board.clock import VCO_MHZ, clocks_per_bit, plan_ecp5_pll
from speckleforge.errors import DesignError


@pytest.mark.parametrize("clock_mhz", [12.5, 25, 40, 48.4375, 50, 62.5, 75, 80, 85, 90, 100, 125])
def test_settings_give_the_clock_within_the_limits(clock_mhz: float) -> None:
    pll = plan_ecp5_pll(25.0, clock_mhz)
    vco = 25.0 / pll.reference_div * pll.loop_div
    assert VCO_MHZ[0] <= vco <= VCO_MHZ[1]
    assert vco / pll.output_div == pytest.approx(clock_mhz)
    assert 25.0 / pll.reference_div >= 10


def test_an_impossible_clock_names_the_nearest() -> None:
    with pytest.raises(DesignError) as error:
        plan_ecp5_pll(25.0, 83.7)
    text = str(error.value)
    assert "the PLL cannot make this clock" in text
    assert "got: 83.7 MHz" in text
    assert "83.3333 and 83.9286 MHz" in text


@pytest.mark.parametrize("oscillator_mhz", [5.0, 500.0])
def test_an_oscillator_out_of_range(oscillator_mhz: float) -> None:
    with pytest.raises(DesignError, match="cannot use this oscillator"):
        plan_ecp5_pll(oscillator_mhz, 50)


@given(st.integers(1, 200))
def test_every_clock_is_made_exactly_or_refused(clock_mhz: int) -> None:
    try:
        pll = plan_ecp5_pll(25.0, clock_mhz)
    except DesignError:
        return
    assert pll.clock_mhz == pytest.approx(clock_mhz, rel=1e-6)


def test_serial_divider() -> None:
    assert clocks_per_bit(50, 1_000_000) == 50
    assert clocks_per_bit(48.4375, 1_000_000) == 48
    with pytest.raises(DesignError, match="too slow"):
        clocks_per_bit(5, 1_000_000)
    with pytest.raises(DesignError, match="closely enough"):
        clocks_per_bit(25, 2_941_176 - 100_000)

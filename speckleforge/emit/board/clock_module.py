"""The clock module of each family. Takes a target, the port of its oscillator and a core clock; gives an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.emit.board.clock import plan_ecp5_pll
from speckleforge.emit.board.mmcm import plan_mmcm
from speckleforge.errors import DesignError, Problem

LOW = "1'b0"
CLOCK_FILES: Mapping[str, str] = {
    "ecp5": "sf_clock_ecp5.sv",
    "ultrascale": "sf_clock_ultrascale.sv",
    "ultrascaleplus": "sf_clock_ultrascale.sv",
}


def clock_file(target: Mapping[str, Any]) -> str:
    """The family's clock module, by its file's name.

    Raises
    ------
    DesignError
        The family has none.
    """
    family = str(target["family"])
    if family not in CLOCK_FILES:
        allowed = ", ".join(CLOCK_FILES)
        raise DesignError(Problem("no board top for this family", str(target["name"]), family, allowed))
    return CLOCK_FILES[family]


def clock_instance(target: Mapping[str, Any], pins: Mapping[str, str], clock_mhz: float) -> list[str]:
    """Lines of the instance `u_clock`.

    Parameters
    ----------
    pins
        Port by role: `clock`, and `clock_n` where the oscillator comes as a pair.

    Raises
    ------
    DesignError
        The family's clock hardware cannot make the clock, or cannot take the pair; or no clock enters at the port.
    """
    clock_file(target)
    oscillator = oscillator_mhz(target, pins["clock"])
    if target["family"] == "ecp5":
        return _ecp5(target, pins, oscillator, clock_mhz)
    return _ultrascale(str(target["family"]), pins, oscillator, clock_mhz)


def oscillator_mhz(target: Mapping[str, Any], port: str) -> float:
    """Frequency of the clock that enters at `port`."""
    found = [float(clock["mhz"]) for clock in target["clocks"].values() if clock.get("pin") == port]
    if not found:
        where, known = f"targets/{target['name']}.yaml: clocks", ", ".join(target["clocks"])
        raise DesignError(Problem(f"none of the clocks enters at port '{port}'", where, known))
    return found[0]


def _ecp5(target: Mapping[str, Any], pins: Mapping[str, str], oscillator: float, clock_mhz: float) -> list[str]:
    """The ECP5's PLL."""
    if "clock_n" in pins:
        where, step = f"targets/{target['name']}.yaml: pins.{pins['clock_n']}", "an ECP5 takes a pair at its first pin"
        raise DesignError(Problem("a port of its own for the other side of a clock", where, next_step=step))
    pll = plan_ecp5_pll(oscillator, clock_mhz)
    return [
        "  sf_clock_ecp5 #(",
        f"      .REFERENCE_DIV({pll.reference_div}),",
        f"      .LOOP_DIV     ({pll.loop_div}),",
        f"      .OUTPUT_DIV   ({pll.output_div})",
        "  ) u_clock (",
        f"      .clk_in ({pins['clock']}),",
        "      .clk_out(clk),",
        "      .locked (locked)",
        "  );",
    ]


def _ultrascale(family: str, pins: Mapping[str, str], oscillator: float, clock_mhz: float) -> list[str]:
    """The MMCM of UltraScale or UltraScale+."""
    mmcm = plan_mmcm(family, oscillator, clock_mhz)
    other = pins.get("clock_n")
    return [
        "  sf_clock_ultrascale #(",
        f"      .PLUS         (1'b{int(family == 'ultrascaleplus')}),",
        f"      .DIFFERENTIAL (1'b{int(other is not None)}),",
        f"      .PERIOD_PS    ({mmcm.period_ps}),",
        f"      .DIVIDE       ({mmcm.divide}),",
        f"      .MULTIPLY_8THS({mmcm.multiply_8ths}),",
        f"      .OUTPUT_8THS  ({mmcm.output_8ths})",
        "  ) u_clock (",
        f"      .clk_in  ({pins['clock']}),",
        f"      .clk_in_n({other or LOW}),",
        "      .clk_out (clk),",
        "      .locked  (locked)",
        "  );",
    ]

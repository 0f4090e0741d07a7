"""The board's top module and the list of sources. Takes a target and the core's widths; gives SystemVerilog text.

The top is wiring only: pins by the target's roles, clock, reset, and `sf_board_uart` around the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge.emit.board.clock import Ecp5Pll, clocks_per_bit, plan_ecp5_pll
from speckleforge.errors import DesignError, Problem, did_you_mean

READS = ("link.py",)
RTL = Path(__file__).parent / "rtl"
TOP = "sf_top"
LINK_FILES = (  # in an order in which every module is known before it is used
    "sf_uart_rx.sv",
    "sf_uart_tx.sv",
    "sf_slip_rx.sv",
    "sf_slip_tx.sv",
    "sf_crc32.sv",
    "sf_packet_rx.sv",
    "sf_packet_tx.sv",
    "sf_frame_rx.sv",
    "sf_frame_buffer.sv",
    "sf_link_config.sv",
    "sf_link.sv",
)
BOARD_FILES = ("sf_board_uart.sv", "sf_reset.sv")
CLOCK_FILES = {"ecp5": "sf_clock_ecp5.sv"}
ROLES = ("clock", "uart_rx", "uart_tx", "reset", "led", "tie")
REQUIRED_ROLES = ("clock", "uart_rx", "uart_tx")


@dataclass(frozen=True)
class CoreWidths:
    """What the board must know of the core: bits of its input word and of its result record, words of one frame."""

    in_bits: int
    res_bits: int
    frame_words: int


def board_sources(target: Mapping[str, Any], core: CoreWidths, clock_mhz: float, header: str) -> dict[str, str]:
    """Sources of the board side, in compile order; they come after the core's own.

    Parameters
    ----------
    target
        A target with `interface: uart` and pins.
    core
        Widths of `sf_core` as generated.
    clock_mhz
        Core clock; must be one that the board's clock hardware makes exactly.
    header
        Comment lines at the head of the generated top (interface version and design digest).

    Raises
    ------
    DesignError
        The clock or the serial rate is impossible, a role is unknown or missing, or the family has no clock module.
    """
    names = (*LINK_FILES, CLOCK_FILES[_family(target)], *BOARD_FILES)
    sources = {name: (RTL / name).read_text(encoding="utf-8") for name in names}
    return sources | {f"{TOP}.sv": top_source(target, core, clock_mhz, header)}


def host_sources() -> dict[str, str]:
    """The host's end of the link as a file for users; it needs nothing but Python."""
    return {"sf_link.py": (RTL.parent / "link.py").read_text(encoding="utf-8")}


def top_source(target: Mapping[str, Any], core: CoreWidths, clock_mhz: float, header: str) -> str:
    """The generated top module of a board with a serial line; arguments as for `board_sources`."""
    by_role = pins_by_role(target)
    pll = plan_ecp5_pll(float(target["clocks"]["oscillator"]["mhz"]), clock_mhz)
    baud = serial_rate(target)
    lines = [
        *(f"// {line}".rstrip() for line in header.splitlines()),
        f"// Board top: {target['name']}, core clock {clock_mhz:g} MHz, serial line {baud} baud.",
        "`default_nettype none",
        "",
        f"module {TOP} #(",
        f"    parameter int CLOCKS_PER_BIT = {clocks_per_bit(clock_mhz, baud)}  // of the serial line",
        ") (",
        ",\n".join(_port(name, pin) for name, pin in target["pins"].items()),
        ");",
        "  wire clk, rst, locked;",
        *_clock(by_role["clock"], pll),
        *_reset(by_role.get("reset")),
        *_board(by_role, core),
        *_ties(target),
        "endmodule",
        "`default_nettype wire",
    ]
    return "\n".join(lines) + "\n"


def frame_addr_bits(frame_words: int) -> int:
    """Address bits of a frame buffer for one frame and a tail of the one before, which leaves while the next comes."""
    return max(9, (frame_words + frame_words // 8).bit_length())


def _family(target: Mapping[str, Any]) -> str:
    """The target's family, if it has a clock module here."""
    family = str(target["family"])
    if family not in CLOCK_FILES:
        allowed = ", ".join(CLOCK_FILES)
        raise DesignError(Problem("no board top for this family", str(target["name"]), family, allowed))
    return family


def pins_by_role(target: Mapping[str, Any]) -> dict[str, str]:
    """Port name of each role (ties left out: there may be many)."""
    found: dict[str, str] = {}
    for name, pin in target["pins"].items():
        role = pin["role"]
        if role not in ROLES:
            where = f"targets/{target['name']}.yaml: pins.{name}.role"
            raise DesignError(Problem("unknown role", where, role, ", ".join(ROLES), did_you_mean(role, ROLES)))
        if role != "tie":
            found[role] = name
    missing = [role for role in REQUIRED_ROLES if role not in found]
    if missing:
        where = f"targets/{target['name']}.yaml: pins"
        raise DesignError(Problem(f"no pin has the role {', '.join(missing)}", where))
    return found


def serial_rate(target: Mapping[str, Any]) -> int:
    """Rate of the target's serial line."""
    rates = [int(link["baud"]) for link in target["links"].values() if link["kind"] == "uart"]
    if not rates:
        raise DesignError(Problem("no link of kind uart", f"targets/{target['name']}.yaml: links"))
    return rates[0]


def _port(name: str, pin: Mapping[str, Any]) -> str:
    """One port of the top."""
    kind = "input  wire" if pin["direction"] == "in" else "output wire"
    sites: Sequence[str] = pin.get("sites", ())
    width = f"[{len(sites) - 1}:0] " if sites else ""
    return f"    {kind} {width}{name}"


def _clock(pin: str, pll: Ecp5Pll) -> list[str]:
    """Instance of the clock module."""
    return [
        "",
        "  sf_clock_ecp5 #(",
        f"      .REFERENCE_DIV({pll.reference_div}),",
        f"      .LOOP_DIV     ({pll.loop_div}),",
        f"      .OUTPUT_DIV   ({pll.output_div})",
        "  ) u_clock (",
        f"      .clk_in ({pin}),",
        "      .clk_out(clk),",
        "      .locked (locked)",
        "  );",
    ]


def _reset(button: str | None) -> list[str]:
    """Instance of the reset synchroniser; a pressed button is high."""
    request = f"{button} || !locked" if button else "!locked"
    return [
        "",
        "  sf_reset u_reset (",
        "      .clk    (clk),",
        f"      .request({request}),",
        "      .rst    (rst)",
        "  );",
    ]


def _board(by_role: Mapping[str, str], core: CoreWidths) -> list[str]:
    """Instance of the board around the core."""
    led = by_role.get("led")
    return [
        "",
        "  sf_board_uart #(",
        f"      .IN_BITS        ({core.in_bits}),",
        f"      .RES_BITS       ({core.res_bits}),",
        f"      .FRAME_ADDR_BITS({frame_addr_bits(core.frame_words)}),",
        "      .CLOCKS_PER_BIT (CLOCKS_PER_BIT)",
        "  ) u_board (",
        "      .clk    (clk),",
        "      .rst    (rst),",
        f"      .uart_rx({by_role['uart_rx']}),",
        f"      .uart_tx({by_role['uart_tx']}),",
        f"      .led    ({led or ''})",
        "  );",
    ]


def _ties(target: Mapping[str, Any]) -> list[str]:
    """Pins that hold a constant."""
    ties = [(name, pin["value"]) for name, pin in target["pins"].items() if pin["role"] == "tie"]
    return ["", *(f"  assign {name} = 1'b{int(value)};" for name, value in ties)] if ties else []

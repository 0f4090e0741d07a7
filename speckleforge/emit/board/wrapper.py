"""The board's top module and the list of sources. Takes a target and the core's widths; gives SystemVerilog text.

The top is wiring only: pins by the target's roles, clock, reset, and `sf_board_uart` around the core.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge.emit.board.clock import clocks_per_bit
from speckleforge.emit.board.clock_module import clock_file, clock_instance
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
ROLES = ("clock", "clock_n", "uart_rx", "uart_tx", "reset", "led", "tie")
REQUIRED_ROLES = ("clock", "uart_rx", "uart_tx")
BLINK_BITS = 22  # the default of `sf_board_uart`
BLINK_S = 0.04  # that a lamp is lit at least, to be seen


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
    names = (*LINK_FILES, clock_file(target), *BOARD_FILES)
    sources = {name: (RTL / name).read_text(encoding="utf-8") for name in names}
    return sources | {f"{TOP}.sv": top_source(target, core, clock_mhz, header)}


def host_sources() -> dict[str, str]:
    """The host's end of the link as a file for users; it needs nothing but Python."""
    return {"sf_link.py": (RTL.parent / "link.py").read_text(encoding="utf-8")}


def top_source(target: Mapping[str, Any], core: CoreWidths, clock_mhz: float, header: str) -> str:
    """The generated top module of a board with a serial line; arguments as for `board_sources`."""
    by_role = pins_by_role(target)
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
        "",
        *clock_instance(target, by_role, clock_mhz),
        *_reset(by_role.get("reset")),
        *_board(by_role, core, clock_mhz),
        *_ties(target),
        "endmodule",
        "`default_nettype wire",
    ]
    return "\n".join(lines) + "\n"


def frame_addr_bits(frame_words: int) -> int:
    """Address bits of a frame buffer for one frame and a tail of the one before, which leaves while the next comes."""
    return max(9, (frame_words + frame_words // 8).bit_length())


def blink_bits(clock_mhz: float) -> int:
    """Bits of the counter that keeps a lamp lit for `BLINK_S` or more; never fewer than the module's default."""
    return max(BLINK_BITS, math.ceil(math.log2(BLINK_S * clock_mhz * 1e6)))


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


def _board(by_role: Mapping[str, str], core: CoreWidths, clock_mhz: float) -> list[str]:
    """Instance of the board around the core."""
    led, blink = by_role.get("led"), blink_bits(clock_mhz)
    return [
        "",
        "  sf_board_uart #(",
        f"      .IN_BITS        ({core.in_bits}),",
        f"      .RES_BITS       ({core.res_bits}),",
        f"      .FRAME_ADDR_BITS({frame_addr_bits(core.frame_words)}),",
        f"      .CLOCKS_PER_BIT (CLOCKS_PER_BIT){',' * (blink != BLINK_BITS)}",
        *([f"      .BLINK_BITS     ({blink})"] if blink != BLINK_BITS else []),
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

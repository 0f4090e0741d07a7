"""The test bench of the board's top: driver of the serial pins, stand-in of the clock hardware, pins, host codec.

Takes a design and a target with a serial line; gives file names and texts of `bench/`. The bench knows bits and bytes,
no packet and no expected value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.emit.banner import banner, slashes
from speckleforge.emit.board.clock import clocks_per_bit
from speckleforge.emit.board.wrapper import TOP, host_sources, pins_by_role, serial_rate
from speckleforge.ir.design import Design

READS = ("bench/board_bench.cpp", "bench/ehxplll.sv", "bench/mmcm.sv")
BENCH = Path(__file__).parent / "bench"
DRIVER = BENCH / "board_bench.cpp"
CLOCK_MODELS = {"ecp5": "ehxplll.sv", "ultrascale": "mmcm.sv", "ultrascaleplus": "mmcm.sv"}
LOWEST_DIVIDER = 8  # clock cycles of a serial bit that the receiver still bears


def board_bench_files(design: Design, target: Mapping[str, Any]) -> dict[str, str]:
    """Every file by name; none for a design without a serial line.

    `board.json`: `top`, `files` of the simulation in place of vendor primitives, `clocks_per_bit` as synthesised and at
    the least.
    """
    if design.settings.interface != "uart":
        return {}
    model = BENCH / CLOCK_MODELS[str(target["family"])]
    board = {
        "top": TOP,
        "files": [model.name],
        "clocks_per_bit": clocks_per_bit(design.settings.clock_mhz, serial_rate(target)),
        "lowest_clocks_per_bit": LOWEST_DIVIDER,
    }
    return {
        **host_sources(),
        DRIVER.name: DRIVER.read_text(encoding="utf-8"),
        model.name: model.read_text(encoding="utf-8"),
        "board_design.h": _pins(design, pins_by_role(target)),
        "board.json": json.dumps(board, indent=2, sort_keys=True) + "\n",
    }


def _pins(design: Design, pins: Mapping[str, str]) -> str:
    """`board_design.h`: the pins by what they do."""
    button = f"top.{pins['reset']} = pressed;" if "reset" in pins else "(void)top, (void)pressed;"
    other = f" top.{pins['clock_n']} = !high;" if "clock_n" in pins else ""
    named = {role: pins[role] for role in _ROLES}
    return _HEADER.format(banner=slashes(banner(design)), top=TOP, button=button, other=other, **named)


_ROLES = ("clock", "uart_rx", "uart_tx")
_HEADER = """{banner}#ifndef BOARD_DESIGN_H
#define BOARD_DESIGN_H

#include "V{top}.h"

namespace board {{

using Top = V{top};

inline void set_clock(Top& top, bool high) {{ top.{clock} = high;{other} }}
inline void set_rx(Top& top, bool high) {{ top.{uart_rx} = high; }}
inline bool tx(const Top& top) {{ return top.{uart_tx}; }}
inline void set_button(Top& top, bool pressed) {{ {button} }}

}}  // namespace board

#endif
"""

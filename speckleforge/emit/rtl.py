"""The hardware's sources: prints `sf_core` for a design and gathers the hand-written modules that it needs.

Takes a design; gives file names and texts. Decides nothing: every number is a field of the design.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.boot_memory import placeholder, readmemh_text
from speckleforge.emit.banner import banner, slashes
from speckleforge.emit.board.wrapper import RTL as BOARD_RTL
from speckleforge.emit.board.wrapper import TOP as BOARD_TOP
from speckleforge.emit.board.wrapper import CoreWidths, board_sources
from speckleforge.emit.core_source import BOOT_FILE, core_source, head_slots
from speckleforge.emit.record import record_bits
from speckleforge.emit.register_files import registers_sv
from speckleforge.emit.registers import register_map
from speckleforge.errors import DesignError, Problem
from speckleforge.ir.core import buffered
from speckleforge.ir.design import Design
from speckleforge.layers.rtl import RTL as SHARED_RTL
from speckleforge.layers.rtl import models, sources

READS = ("core/*.sv", "board/rtl/*.sv")
CORE = Path(__file__).parent / "core"
TOP = "sf_core"
INGRESS = "sf_ingress.sv"
MODELS = "models"  # a folder of its own: a vendor's tool that is given all of rtl/*.sv shall not meet them
CORE_FILES = (
    "sf_guard.sv",
    "sf_frames.sv",
    "sf_boot.sv",
    "sf_feed.sv",
    "sf_loader.sv",
    "sf_banks.sv",
    "sf_control.sv",
    "sf_counters.sv",
    "sf_readback.sv",
    "sf_saturation.sv",
    "sf_egress.sv",
)


def rtl_files(design: Design, target: Mapping[str, Any]) -> dict[str, str]:
    """Every file of `rtl/` by name: sources, the boot memory's placeholder, and `files.json`.

    `files.json`: `top` (the board's, else the core) and `files` in compile order; `core`, `core_files` and `models` (of
    vendor primitives) for simulation.

    Parameters
    ----------
    design
        Its last kernel must be a head.
    target
        The board, for designs with a serial line.
    """
    if design.instances[-1].kernel.kind != "head":
        raise DesignError(Problem("a core needs a head", got=design.instances[-1].kernel.kind))
    files = _core(design)
    names = list(files)
    index: dict[str, Any] = {"top": TOP, "core": TOP, "core_files": list(files)}
    if design.settings.interface == "uart":
        board = board_sources(target, core_widths(design), design.settings.clock_mhz, banner(design))
        names += [name for name in board if name not in files]
        files |= board
        index["top"] = BOARD_TOP
    index["files"] = names
    primitives = {f"{MODELS}/{path.name}": path.read_text(encoding="utf-8") for path in models(_kinds(design))}
    index["models"] = list(primitives)
    files |= primitives
    files[BOOT_FILE] = readmemh_text(placeholder(design.boot_bytes))
    files["files.json"] = json.dumps(index, indent=2, sort_keys=True) + "\n"
    return files


def core_widths(design: Design) -> CoreWidths:
    """What surrounds the core must know of it."""
    return CoreWidths(design.source.word_bits, record_bits(head_slots(design)), design.source.words)


def _core(design: Design) -> dict[str, str]:
    """The core's sources in compile order."""
    files = {}
    for path in sources(_kinds(design)):
        name = f"sf_{path.parent.name}.sv" if path.name == "kernel.sv" else path.name
        files[name] = path.read_text(encoding="utf-8")
    if buffered(design.settings.interface):
        files["sf_fifo.sv"] = (SHARED_RTL / "sf_fifo.sv").read_text(encoding="utf-8")
        files[INGRESS] = (CORE / INGRESS).read_text(encoding="utf-8")
    files["sf_crc32.sv"] = (BOARD_RTL / "sf_crc32.sv").read_text(encoding="utf-8")
    files |= {name: (CORE / name).read_text(encoding="utf-8") for name in CORE_FILES}
    files["sf_registers.sv"] = registers_sv(register_map(design), slashes(banner(design)))
    files[f"{TOP}.sv"] = core_source(design)
    return files


def _kinds(design: Design) -> set[str]:
    """Kinds of the design's kernels."""
    return {item.kernel.kind for item in design.instances}

"""The stage `emit`: a design to folders of sources: `rtl`, `hls`, `emulator`, `bench`, `software`, `firmware`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from speckleforge.artifacts.context import StageContext
from speckleforge.emit.banner import banner
from speckleforge.emit.bench_files import bench_files, interface
from speckleforge.emit.board.wrapper import host_sources
from speckleforge.emit.board_bench import board_bench_files
from speckleforge.emit.cocotb_files import cocotb_files
from speckleforge.emit.core_source import head_slots
from speckleforge.emit.emulator import emulator_files
from speckleforge.emit.firmware.files import firmware_files
from speckleforge.emit.hls.files import hls_files
from speckleforge.emit.record import record_md
from speckleforge.emit.register_files import registers_h, registers_md
from speckleforge.emit.registers import register_map
from speckleforge.emit.rtl import rtl_files
from speckleforge.ir.design import Design, parse_design
from speckleforge.layers import kernel_class, op_class

README = """# What a host, and a simulation, needs of the core

- `registers.md`, `record.md`: the registers and the result record; `sf_registers.h` and `interface.json` say the same
  to programs.
- `sf_link.py` (boards with a serial line): frames, registers and results as packets.
- `run_cocotb.py`: the core in cocotb against this build's golden vectors, with gaps, back-pressure and a weight load
  over the registers: `pip install cocotb numpy`, then `python run_cocotb.py`. Its drivers are in `sf_core_bench.py`, to
  copy from.
"""


def run(ctx: StageContext) -> None:
    """Write the folders.

    Raises
    ------
    DesignError
        If the text is no design, or the board cannot carry it.
    """
    design = parse_design(ctx.inputs["design"].read_text(encoding="utf-8"), op_class, kernel_class)
    rtl = rtl_files(design, ctx.params["target"])
    write_tree(ctx.out / "rtl", rtl)
    write_tree(ctx.out / "hls", hls_files(design))
    write_tree(ctx.out / "emulator", emulator_files(design.topology))
    write_tree(ctx.out / "bench", bench_files(design) | board_bench_files(design, ctx.params["target"]))
    write_tree(ctx.out / "software", software_files(design))
    write_tree(ctx.out / "firmware", firmware_files(design, rtl, ctx.params["target"]))


def software_files(design: Design) -> dict[str, str]:
    """Every file of `software/` by name: what a host needs to talk to the core."""
    registers = register_map(design)
    host = host_sources() if design.settings.interface == "uart" else {}
    return {
        **host,
        **cocotb_files(),
        "README.md": README,
        "sf_registers.h": registers_h(registers, banner(design)),
        "registers.md": registers_md(registers, banner(design)),
        "record.md": record_md(head_slots(design)),
        "interface.json": json.dumps(interface(design), indent=2, sort_keys=True) + "\n",
    }


def write_tree(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by name into a new folder; a name may lead into a folder inside it."""
    folder.mkdir()
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

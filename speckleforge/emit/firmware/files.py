"""Every file of `firmware/`. Takes a design, its `rtl/` and a target; gives paths and texts. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.memory_map import MMI_SCRIPT, MMI_SPACE, mmi_script
from speckleforge.emit.banner import banner, slashes
from speckleforge.emit.core_source import BOOT_FILE, head_slots
from speckleforge.emit.firmware.crossings import constraints
from speckleforge.emit.firmware.edge_registers import edge_registers, edge_registers_sv
from speckleforge.emit.firmware.frame_format import HEADER_BYTES, Dma, FrameFormat, dma_of, frame_format
from speckleforge.emit.firmware.pyrogue import DEVICE_FILE, pyrogue_device
from speckleforge.emit.firmware.top import EDGE_FILES, FIRMWARE_TOP, firmware_top
from speckleforge.emit.firmware.vhdl import ENTITY, vhdl_wrapper
from speckleforge.emit.record import record_md
from speckleforge.emit.register_files import registers_md
from speckleforge.emit.registers import register_map
from speckleforge.ir.design import Design

READS = ("rtl/*.sv", "host/sf_frames.*")
HERE = Path(__file__).parent
XDC_FILE = f"{FIRMWARE_TOP}.xdc"
HOST_FILES = ("sf_frames.py", "sf_frames.h")


def firmware_files(design: Design, rtl: Mapping[str, str], target: Mapping[str, Any]) -> dict[str, str]:
    """Every file by its path below `firmware/`; a page that says why, where the design is none for a firmware tree.

    Parameters
    ----------
    rtl
        The files of `rtl/`: sources of the core, boot memory, `files.json`.

    Raises
    ------
    DesignError
        If the target's stream has a width that the edges are not made for.
    """
    if design.settings.interface != "stream":
        return {"README.md": _NOTHING.format(reason="the board has a top of its own, with a serial link")}
    dma = dma_of(target)
    if dma is None:
        return {"README.md": _NOTHING.format(reason=f"{_board(target)} has no link of kind `stream`")}
    frames = frame_format(design, dma)
    sources = block_sources(design, rtl, frames)
    lists = json.loads(rtl["files.json"])
    core = {name: rtl[name] for name in lists["core_files"]}
    index = {"top": FIRMWARE_TOP, "files": list(core | sources), "models": lists["models"]}
    return {
        **{f"rtl/{name}": text for name, text in (core | sources).items()},
        **{f"rtl/{name}": rtl[name] for name in (*lists["models"], BOOT_FILE)},
        "rtl/files.json": json.dumps(index, indent=2, sort_keys=True) + "\n",
        **_surroundings(design, frames, dma, sources),
    }


def block_sources(design: Design, rtl: Mapping[str, str], frames: FrameFormat) -> dict[str, str]:
    """What the block has besides the core, in compile order: edges, their registers, the top."""
    head = slashes(banner(design))
    files = {name: (HERE / "rtl" / name).read_text(encoding="utf-8") for name in EDGE_FILES}
    files["sf_edge_registers.sv"] = edge_registers_sv(frames, head)
    files[f"{FIRMWARE_TOP}.sv"] = firmware_top(frames, head)
    return files


def modules(sources: Mapping[str, str]) -> dict[str, str]:
    """Module name -> text."""
    return {name.removesuffix(".sv"): text for name, text in sources.items()}


def _surroundings(design: Design, frames: FrameFormat, dma: Dma, sources: Mapping[str, str]) -> dict[str, str]:
    """What is no SystemVerilog."""
    head = banner(design)
    marked = "".join(f"# {line}\n" for line in head.splitlines())
    periods = {"dma_clk": 1000 / dma.mhz, "core_clk": 1000 / design.settings.clock_mhz}
    registers = register_map(design)
    both = (*registers, *edge_registers(frames))
    return {
        f"vhdl/{ENTITY}.vhd": vhdl_wrapper(frames, head),
        f"xdc/{XDC_FILE}": constraints(modules(sources), FIRMWARE_TOP, periods, marked.rstrip()),
        "ruckus.tcl": _RUCKUS.format(banner=marked.rstrip(), top=FIRMWARE_TOP, boot=BOOT_FILE),
        f"python/{DEVICE_FILE}": pyrogue_device(both, head),
        "python/__init__.py": f"{marked}from ._SpeckleForge import SpeckleForge  # noqa: F401\n",
        **{f"host/{name}": (HERE / "host" / name).read_text(encoding="utf-8") for name in HOST_FILES},
        **({f"tcl/{MMI_SCRIPT}": mmi_script()} if design.settings.boot else {}),
        "registers.md": registers_md(both, head),
        "record.md": record_md(head_slots(design)),
        "README.md": _page(design, frames, dma),
    }


def _board(target: Mapping[str, Any]) -> str:
    """The board's file."""
    return f"targets/{target['name']}.yaml" if "name" in target else "the board"


def _page(design: Design, frames: FrameFormat, dma: Dma) -> str:
    """`README.md`: this design's numbers."""
    stream = frames.stream
    return _README.format(
        design=design.design_id,
        shape=f"{stream.height} rows x {stream.width} columns x {stream.channels} channels of {stream.element}",
        frame_bytes=frames.frame_bytes,
        header_bytes=frames.header_bytes,
        packed="" if frames.header_bytes == HEADER_BYTES else f", header_bytes={frames.header_bytes}",
        defined="" if frames.header_bytes == HEADER_BYTES else _DEFINED.format(frames.header_bytes),
        beats=frames.frame_bytes * 8 // frames.data_bits + bool(frames.frame_bytes * 8 % frames.data_bits),
        data_bits=frames.data_bits,
        dma_mhz=f"{dma.mhz:g}",
        core_mhz=f"{design.settings.clock_mhz:g}",
        record_bytes=frames.record_bits // 8,
        held=1 << frames.addr_bits,
        bits=stream.element.bits,
        slots=head_slots(design),
        weights=_WEIGHTS.format(script=MMI_SCRIPT, boot=BOOT_FILE, space=MMI_SPACE) if design.settings.boot else "",
    )


_NOTHING = """# Firmware

This design has no AXI streams to a firmware tree: {reason}.
"""

_DEFINED = """
In C: `#define SF_HEADER_BYTES {}u` before `#include "sf_frames.h"`.
"""

_WEIGHTS = """
`tcl/{script}` writes the map of the boot memory, with which `updatemem` puts weights into a bitstream of the whole tree
without implementation (`docs/firmware.md` says how to make `weights.mem`). In a ruckus target it is called from
`vivado/post_route_run.tcl`; `firmware` stands for this folder:

```tcl
source $::env(TOP_DIR)/firmware/tcl/{script}
if {{[catch {{sf_write_mmi $::env(OUT_DIR)/memory.mmi $::env(TOP_DIR)/firmware/rtl/{boot}}} message]}} {{
    puts "no map of the boot memory: $message"
}}
```

```sh
updatemem -force -meminfo memory.mmi -data weights.mem -bit image.bit -proc {space} -out weights.bit
```
"""

_RUCKUS = """\
# The block in a ruckus tree: `loadRuckusTcl` on this folder.
#
{banner}
loadSource      -dir  "$::DIR_PATH/rtl"
loadSource      -dir  "$::DIR_PATH/vhdl"
loadConstraints -path "$::DIR_PATH/xdc/{top}.xdc"
set_property SCOPED_TO_REF {top} [get_files "$::DIR_PATH/xdc/{top}.xdc"]
add_files -fileset sources_1 -norecurse "$::DIR_PATH/rtl/{boot}"
set_property FILE_TYPE {{Memory Initialization Files}} [get_files "$::DIR_PATH/rtl/{boot}"]
"""

_README = """\
# The block for a firmware tree

Design `{design}`. Clocks, resets, ports and how to drop it in: `docs/firmware.md` of speckleforge.

| | |
|---|---|
| frame | {shape}, {frame_bytes} bytes with the header of {header_bytes}, {beats} beats of {data_bits} bits |
| record | {record_bytes} bytes |
| clocks it was made for | DMA {dma_mhz} MHz, core {core_mhz} MHz, registers any |
| FIFO of frames | {held} beats |

```python
import numpy as np
from sf_frames import pack_frame, record_type

frame = pack_frame(image, pulse_id=7, bits={bits}{packed})
records = np.frombuffer(received, record_type(slots={slots}))
```
{defined}
`rtl/` SystemVerilog, top `sf_firmware` (`rtl/models/` stands in for a vendor's primitives in simulation, and is not
synthesised); `vhdl/` the wrapper for `surf`; `xdc/` the paths between clocks; `ruckus.tcl`;
`python/` the PyRogue device; `host/` packers; `registers.md`, `record.md`.
{weights}"""

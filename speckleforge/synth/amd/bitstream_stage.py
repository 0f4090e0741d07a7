"""The stage `vivado_bitstream`: weights into the boot memory of Vivado's bitstream by `updatemem`, nothing implemented.

Outputs `design.bit` and `bitstream.json`, as the stage `bitstream` of the open flow does.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from speckleforge.artifacts.boot_memory import placeholder
from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.parsers.tool_log import parse_tool_log
from speckleforge.parsers.xilinx_bitstream import XilinxBitstream, parse_xilinx_bitstream
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.belongs import check_part, read_manifest
from speckleforge.synth.amd.mmi import PATCHED, MemoryMap, parse_mmi, updatemem_plan
from speckleforge.synth.amd.run import Limit, run_plan
from speckleforge.synth.amd.vivado import BITSTREAM, MMI
from speckleforge.synth.amd.vivado_results import NO_MAP
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.releases import release

TOOL = "updatemem"
LIMIT = Limit(1.0, "a fixed limit")  # Source: logs of 2014.3 to 2018.2: half a minute for 7-series parts
MEMORY = "u_boot/mem"


def run(ctx: StageContext) -> None:
    """Patch the weight image into the bitstream.

    Raises
    ------
    StageError
        The implementation left no bitstream; `updatemem` failed, complained, or left something else than was asked.
    FormatError
        The map is of another memory or part.
    """
    made, image = ctx.inputs["vivado"], ctx.inputs["weights"].read_bytes()
    part = str(ctx.params["target"]["part"])
    why = read_manifest(made).get(NO_MAP)
    if why is not None:
        _as_it_is(ctx, made / BITSTREAM, str(why))
        return
    mmi, before = _implemented(made)
    memory = parse_mmi(mmi)
    check_memory(memory, len(image), part)
    check_part(before.part, part, BITSTREAM)
    work = staging.work_folder(ctx)
    shutil.copyfile(made / BITSTREAM, work / BITSTREAM)
    at = release(find_tool(TOOL).version)
    log = run_plan(updatemem_plan(image, mmi, at, BITSTREAM, PATCHED), work, ctx.progress, LIMIT)
    check_complaints(log)
    content = (work / PATCHED).read_bytes()
    after = parse_xilinx_bitstream(content, PATCHED)
    changed = check_patched(before, after, image)
    record = bitstream_record(f"{TOOL} {at}", after, content) | weights_record(memory, image)
    ctx.write_json("bitstream.json", record | {"changed_bits": changed})
    shutil.move(work / PATCHED, ctx.out / BITSTREAM)


def _as_it_is(ctx: StageContext, bitstream: Path, why: str) -> None:
    """Vivado's bitstream, whose boot memory takes no weights: a host loads them, and the record says why."""
    content = bitstream.read_bytes()
    found = parse_xilinx_bitstream(content, f"vivado/{BITSTREAM}")
    check_part(found.part, str(ctx.params["target"]["part"]), BITSTREAM)
    reason = f"a host loads the weights: {why}"
    record = bitstream_record("Vivado", found, content)
    ctx.write_json("bitstream.json", {**record, "image": {"value": None, "reason": reason}})
    shutil.copyfile(bitstream, ctx.out / BITSTREAM)


def _implemented(made: Path) -> tuple[str, XilinxBitstream]:
    """Map and bitstream of the implemented design."""
    missing = [name for name in (MMI, BITSTREAM) if not (made / name).is_file()]
    if missing:
        what = "the implemented design has no bitstream that weights could go into"
        raise StageError(Problem(what, "vivado/", f"no {', no '.join(missing)}"))
    content = (made / BITSTREAM).read_bytes()
    found = parse_xilinx_bitstream(content, f"vivado/{BITSTREAM}")
    if found.compressed:
        step = "leave BITSTREAM.GENERAL.COMPRESS out of the board's constraints"
        raise StageError(Problem("a compressed bitstream has no place for other weights", BITSTREAM, next_step=step))
    return (made / MMI).read_text(encoding="utf-8"), found


def check_memory(memory: MemoryMap, image_bytes: int, part: str) -> None:
    """Refuse a map that is not of this design's boot memory: its addresses must begin at 0 and end with the image.

    The block RAMs may hold more than the image, but not one of them may lie behind it.

    Raises
    ------
    FormatError
        Another size, or another part.
    """
    check_part(memory.part, part, MMI)
    last = max(lane.begin for lane in memory.lanes)
    if not last < image_bytes <= memory.size:
        got, allowed = f"{image_bytes} bytes", f"{last + 1} to {memory.size} bytes"
        raise FormatError(Problem("the image is not of the size of the boot memory", MMI, got, allowed))


def check_complaints(log: Path) -> None:
    """Refuse what the tool calls a critical warning: it leaves bytes out and ends with code 0.

    Source: a log of 2014.3, `CRITICAL WARNING: [Updatemem 57-155] Out of bounds code segment for ram space.`

    Raises
    ------
    StageError
        Naming the first.
    """
    try:
        found = parse_tool_log(log.read_text(encoding="utf-8", errors="replace"), log.name).critical_warnings
    except FormatError:
        return  # nothing in it that is a message
    if found:
        raise StageError(Problem(f"{TOOL} complains", str(log), str(found[0]), next_step=f"read {log}"))


def check_patched(before: XilinxBitstream, after: XilinxBitstream, image: bytes) -> int:
    """How many bits of the data changed; at least those that differ between the image and what was there.

    Raises
    ------
    StageError
        Another size or part, or fewer bits: then the image is not in it.
    """
    if (len(after.data), after.part) != (len(before.data), before.part):
        got, allowed = f"{len(after.data)} bytes, {after.part}", f"{len(before.data)} bytes, {before.part}"
        raise StageError(Problem(f"{TOOL} left another bitstream", PATCHED, got, allowed))
    changed = _differing_bits(before.data, after.data)
    wanted = _differing_bits(placeholder(len(image)), image)
    if changed < wanted:
        what = f"{TOOL} left weights out"
        raise StageError(Problem(what, PATCHED, f"{changed} bits changed", f"at least {wanted}"))
    return changed


def _differing_bits(one: bytes, other: bytes) -> int:
    """Bits in which two texts of one length differ."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def weights_record(memory: MemoryMap, image: bytes) -> dict[str, Any]:
    """What is in the boot memory."""
    blocks = {(lane.memory, lane.placement) for lane in memory.lanes}
    return {
        "boot_memory": {"name": MEMORY, "bytes": len(image), "blocks": len(blocks)},
        "image": {"bytes": len(image), "sha256": hashlib.sha256(image).hexdigest()},
    }


def bitstream_record(tool: str, found: XilinxBitstream, content: bytes) -> dict[str, Any]:
    """What `bitstream.json` holds, by the names that the open flow's has."""
    return {
        "tool": tool,
        "file": BITSTREAM,
        "part": found.part,
        "bytes": len(content),
        "compressed": found.compressed,
        "sha256": hashlib.sha256(content).hexdigest(),
    }

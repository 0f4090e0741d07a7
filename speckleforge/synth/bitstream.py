"""The stage `bitstream`: weights into the placed design's boot memory, without implementation (ECP5).

Outputs `design.bit` and `bitstream.json`. Nothing but the boot memory differs from the placed design.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import Problem, StageError
from speckleforge.parsers.ecp5_bitstream import Ecp5Bitstream, parse_ecp5_bitstream
from speckleforge.synth.ecp5 import pack_plan
from speckleforge.synth.ecp5_bram import BootMemory, patch, read_memory
from speckleforge.synth.execute import execute, tool_label
from speckleforge.synth.stage import work_folder

NAME = "design.bit"


def run(ctx: StageContext) -> None:
    """Patch the weight image into the placed configuration, read it back, pack it."""
    boot = _boot_memory(ctx.read_json("placement"))
    image = ctx.inputs["weights"].read_bytes()
    folder = work_folder(ctx.scratch, "bitstream")
    patched = patch(boot, ctx.inputs["placed"].read_text(encoding="utf-8"), image)
    _check(boot, patched, image)
    (folder / "patched.config").write_text(patched, encoding="utf-8")
    execute(pack_plan(), folder, folder / "ecppack.log", ctx.progress)
    data = (folder / NAME).read_bytes()
    ctx.write_json("bitstream.json", bitstream_record(parse_ecp5_bitstream(data), data, boot, image))
    shutil.move(folder / NAME, ctx.out / NAME)


def bitstream_record(head: Ecp5Bitstream, data: bytes, boot: BootMemory, image: bytes) -> dict[str, Any]:
    """What `bitstream.json` holds."""
    return {
        "tool": tool_label("ecppack"),
        "file": NAME,
        "part": head.part,
        "bytes": head.size_bytes,
        "compressed": head.compressed,
        "sha256": hashlib.sha256(data).hexdigest(),
        "boot_memory": {"name": boot.name, "bytes": boot.size, "blocks": len(boot.blocks)},
        "image": {"bytes": len(image), "sha256": hashlib.sha256(image).hexdigest()},
    }


def _boot_memory(placement: dict[str, Any]) -> BootMemory:
    """The boot memory as place and route found it."""
    record = placement.get("boot_memory")
    if record is None:
        what = "the placed design has no boot memory, so weights cannot be patched into its bitstream"
        raise StageError(Problem(what, "placement.json", got=str(placement.get("boot_memory_reason"))))
    return BootMemory.from_record(record)


def _check(boot: BootMemory, patched: str, image: bytes) -> None:
    """Read every copy of the memory back."""
    expected = image.ljust(boot.size, b"\0")
    for copy, got in read_memory(boot, patched).items():
        if got != expected:
            raise StageError(Problem("the patched configuration does not hold the image", f"{boot.name} copy {copy}"))

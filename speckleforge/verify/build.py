"""The stage `simulators`: compiles the RTL with its benches, the emulator, the HLS sources. Takes sources; gives
programs.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem
from speckleforge.verify.compiled import EMULATOR, build_emulator, build_hls
from speckleforge.verify.verilate import Program, compile_program, gather

BENCH = "sf_bench"
BOARD_BENCH = "sf_board_bench"
INTERFACE = "bench.json"
BOARD = "board.json"
CODEC = "sf_link.py"
DESIGN = "design.txt"
CORE = "sf_core"
LINE_CYCLES = 20_000_000  # what would take longer over the serial pins is simulated on a faster line
LINE_FRAMES = 8  # sent over the line, besides a weight image
LINK_OVERHEAD = 1.1  # escapes, packet ends, answers


def run(ctx: StageContext) -> None:
    """Write `simulators/`: `sf_bench`, `emulator.so`, `hls_csim.so`, `sf_hls_bench`, `bench.json`, `boot.hex`, design.

    With a serial line also `sf_board_bench`, `board.json` and the host's codec `sf_link.py`.

    Raises
    ------
    StageError
        If a compiler is missing or fails.
    """
    out = ctx.out / "simulators"
    out.mkdir()
    rtl, bench = ctx.inputs["rtl"], ctx.inputs["bench"]
    ctx.progress(0.05, "compiling the emulator")
    build_emulator(ctx.inputs["emulator"], out / EMULATOR, ctx.scratch / "emulator.log")
    ctx.progress(0.1, "compiling the HLS sources")
    build_hls(ctx.inputs["hls"], out, ctx.scratch / "hls.log")
    ctx.progress(0.2, "compiling the core")
    work = ctx.scratch / "bench"
    gather_sources(rtl, bench, work)
    build_core(rtl, work, out)
    if (bench / BOARD).is_file():
        ctx.progress(0.6, "compiling the board")
        build_board(rtl, bench, work, out)
    shutil.copyfile(bench / INTERFACE, out / INTERFACE)
    shutil.copyfile(ctx.inputs["design"], out / DESIGN)
    for path in sorted(rtl.glob("*.hex")):
        shutil.copyfile(path, out / path.name)


def gather_sources(rtl: Path, bench: Path, work: Path) -> None:
    """Everything that the benches are compiled from, in folder `work`."""
    gather(work, ((rtl, "*.sv"), (rtl / "models", "*.sv"), (rtl, "*.hex"), (bench, "*")))


def build_core(rtl: Path, work: Path, out: Path, *, trace: bool = False) -> None:
    """Compile the core's bench in `work` to `out/sf_bench`; `trace`: it can record switching activity.

    What is inside a vendor's primitive is no net of a netlist, and shows no activity.
    """
    primitives = models(rtl)
    files = [*primitives, *rtl_list(rtl, "core_files")]
    program = Program(BENCH, CORE, files, "bench.cpp", trace=trace, untraced=primitives)
    shutil.copyfile(compile_program(work, program), out / BENCH)


def build_board(rtl: Path, bench: Path, work: Path, out: Path) -> None:
    """Compile the bench of the board's pins in `work` to `out/sf_board_bench`; with it `board.json` and the codec."""
    board = board_record(bench)
    files = [*board["files"], *models(rtl), *rtl_list(rtl, "files")]
    values = (("CLOCKS_PER_BIT", int(board["simulated_clocks_per_bit"])),)
    program = Program(BOARD_BENCH, str(board["top"]), files, "board_bench.cpp", values)
    shutil.copyfile(compile_program(work, program), out / BOARD_BENCH)
    (out / BOARD).write_text(json.dumps(board, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    shutil.copyfile(bench / CODEC, out / CODEC)


def board_record(bench: Path) -> dict[str, Any]:
    """`board.json` with `simulated_clocks_per_bit`: as synthesised, unless frames and an image would take too long."""
    board: dict[str, Any] = json.loads((bench / BOARD).read_text(encoding="utf-8"))
    core = json.loads((bench / INTERFACE).read_text(encoding="utf-8"))
    frame = int(core["frame_words"]) * -(-int(core["word_bits"]) // 8)
    divider = int(board["clocks_per_bit"])
    if (int(core["image_bytes"]) + LINE_FRAMES * frame) * LINK_OVERHEAD * 10 * divider > LINE_CYCLES:
        divider = min(divider, int(board["lowest_clocks_per_bit"]))
    return board | {"simulated_clocks_per_bit": divider}


def models(rtl: Path) -> list[str]:
    """Models of vendor primitives, by the names that they have among what was gathered."""
    return [Path(name).name for name in rtl_list(rtl, "models")]


def rtl_list(rtl: Path, name: str) -> list[str]:
    """Sources in compile order from `files.json`: `files` of all, `core_files` of the core, `models` of primitives.

    Raises
    ------
    FormatError
        If there is no such list.
    """
    try:
        return [str(item) for item in rtl_index(rtl)[name]]
    except KeyError as error:
        raise FormatError(Problem("no list of RTL files", str(rtl / "files.json"), repr(error))) from error


def rtl_index(rtl: Path) -> dict[str, Any]:
    """What `files.json` says; raises `FormatError` where it is missing or broken."""
    try:
        found: dict[str, Any] = json.loads((rtl / "files.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(Problem("no list of RTL files", str(rtl / "files.json"), repr(error))) from error
    return found

"""The VHDL wrapper in GHDL, against stand-ins of surf's packages: analysed, then driven in both modes of tKeep."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from speckleforge.emit.firmware.files import block_sources
from speckleforge.emit.firmware.top import FIRMWARE_TOP
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import StageError
from speckleforge.tools.process import minimal_environment, run_tool
from tests.emit.designs import head_only
from tests.emit.firmware.block import format_of, target, write_firmware

SURF = Path(__file__).parent / "surf"
GHDL = shutil.which(os.environ.get("GHDL", "ghdl"))
PACKAGES = ("StdRtlPkg.vhd", "AxiLitePkg.vhd", "AxiStreamPkg.vhd")
needs_ghdl = pytest.mark.skipif(GHDL is None, reason="needs ghdl (on PATH, or its path in GHDL)")


def ghdl(folder: Path, *words: str) -> str:
    """Run GHDL in the folder; what it printed. It keeps its libraries' place and that of its own shared library."""
    assert GHDL
    log = folder / "ghdl.log"
    log.unlink(missing_ok=True)
    kept = {name: os.environ[name] for name in ("GHDL_PREFIX", "LD_LIBRARY_PATH") if name in os.environ}
    run_tool([GHDL, *words], cwd=folder, log=log, env=minimal_environment(kept))
    return log.read_text(encoding="utf-8")


def analyse(folder: Path, bits: int, keep_mode: str) -> None:
    """Packages, stand-in, wrapper, bench."""
    write_firmware(head_only(10, 3, 2, 2), folder / "firmware", bits)
    values = {"data_bits": bits, "data_high": bits - 1, "keep_bits": bits // 8, "keep_high": bits // 8 - 1}
    for name in ("stub.vhd", "bench.vhd"):
        text = (SURF / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.format(**values, keep_mode=keep_mode), encoding="utf-8")
    for name in PACKAGES:
        ghdl(folder, "-a", "--std=93", "--work=surf", str(SURF / name))
    for path in ("stub.vhd", "firmware/vhdl/SpeckleForge.vhd", "bench.vhd"):
        ghdl(folder, "-a", "--std=93", "--warn-error", path)


@pytest.mark.tools
@needs_ghdl
@pytest.mark.parametrize(
    ("bits", "keep_mode"),
    [(256, "TKEEP_COUNT_C"), (256, "TKEEP_NORMAL_C"), (64, "TKEEP_COUNT_C"), (512, "TKEEP_COUNT_C")],
)
def test_beats_and_registers_go_through(bits: int, keep_mode: str, tmp_path: Path) -> None:
    analyse(tmp_path, bits, keep_mode)
    assert f"checked {bits // 8 * 4}" in ghdl(tmp_path, "--elab-run", "--std=93", "--syn-binding", "bench")


@pytest.mark.tools
@needs_ghdl
def test_a_stream_of_another_width_is_refused(tmp_path: Path) -> None:
    analyse(tmp_path, 64, "TKEEP_NORMAL_C")
    bench = tmp_path / "bench.vhd"
    bench.write_text(bench.read_text(encoding="utf-8").replace("TDATA_BYTES_C => 8", "TDATA_BYTES_C => 16"))
    ghdl(tmp_path, "-a", "--std=93", "bench.vhd")
    with pytest.raises(StageError):
        ghdl(tmp_path, "--elab-run", "--std=93", "--syn-binding", "bench")
    assert "made for streams of 8 bytes" in (tmp_path / "ghdl.log").read_text(encoding="utf-8")


def test_the_component_has_the_ports_of_the_top(tmp_path: Path) -> None:
    """Name, direction and width of each, in the printed SystemVerilog and in the component declaration."""
    design = head_only(10, 3, 2, 2)
    text = write_firmware(design, tmp_path)["vhdl/SpeckleForge.vhd"]
    component = text[text.index("component sf_firmware") : text.index("end component")]
    found = {
        name: (way, int(high) + 1 if high else 1)
        for name, way, high in re.findall(
            r"(\w+)\s*: (in|out)\s+std_logic(?:_vector\((\d+) downto 0\))?", component.partition("port (")[2]
        )
    }
    sources = block_sources(design, rtl_files(design, target()), format_of(design))
    ports = re.findall(
        r"^    (in|out)put\s+wire\s+(?:\[(\d+):0\]\s*)?(\w+)", sources[f"{FIRMWARE_TOP}.sv"], re.MULTILINE
    )
    assert found == {name: (way, int(high) + 1 if high else 1) for way, high, name in ports}

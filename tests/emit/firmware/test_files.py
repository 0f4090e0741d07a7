"""The folder `firmware/`: read without a warning by Verilator, stable bytes, nothing of this machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.artifacts.memory_map import MMI_SPACE, mmi_script
from speckleforge.ir.design import Design
from speckleforge.tools.find import find_tool, installed
from speckleforge.tools.process import minimal_environment, run_tool
from tests.emit.designs import head_only, small
from tests.emit.firmware.block import write_firmware

DESIGNS = {
    "256": (small(2), 256),
    "512": (small(2), 512),
    "128": (small(1), 128),
    "64, a word wider than a beat": (head_only(200, 88, 2, 2), 64),
    "a row of one word": (head_only(3, 3, 4, 4, 1), 256),
}


@pytest.mark.tools
@pytest.mark.skipif(installed("verilator") is None, reason="needs verilator")
@pytest.mark.parametrize("name", DESIGNS)
def test_the_block_is_lint_clean(name: str, tmp_path: Path) -> None:
    design, bits = DESIGNS[name]
    write_firmware(design, tmp_path, bits)
    index = json.loads((tmp_path / "rtl" / "files.json").read_text(encoding="utf-8"))
    tool = find_tool("verilator")
    command = [*tool.command, "--lint-only", "-Wall", "--top-module", index["top"], *index["models"], *index["files"]]
    run_tool(command, cwd=tmp_path / "rtl", log=tmp_path / "lint.log", env=minimal_environment(tool.env))


def test_the_same_design_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = [write_firmware(small(2), tmp_path / name) for name in ("a", "b")]
    assert texts[0] == texts[1]
    assert not any("/tmp" in text or "/home" in text for text in texts[0].values())


def test_every_printed_file_names_its_design(tmp_path: Path) -> None:
    design: Design = small(2)
    files = write_firmware(design, tmp_path)
    for name in ("rtl/sf_firmware.sv", "vhdl/SpeckleForge.vhd", "xdc/sf_firmware.xdc", "python/_SpeckleForge.py"):
        assert design.design_id in files[name], name
    assert {"ruckus.tcl", "registers.md", "record.md", "README.md", "host/sf_frames.py", "host/sf_frames.h"} <= set(
        files
    )


def test_the_map_of_the_boot_memory_comes_with_its_script(tmp_path: Path) -> None:
    files = write_firmware(small(2), tmp_path)
    assert files["tcl/sf_write_mmi.tcl"] == mmi_script()
    page = files["README.md"]
    assert "source $::env(TOP_DIR)/firmware/tcl/sf_write_mmi.tcl" in page
    assert "sf_write_mmi $::env(OUT_DIR)/memory.mmi $::env(TOP_DIR)/firmware/rtl/boot.hex}" in page
    assert f"-proc {MMI_SPACE} " in page
    without = write_firmware(replace(small(2), settings=replace(small(2).settings, boot=False)), tmp_path / "b")
    assert "tcl/sf_write_mmi.tcl" not in without
    assert "updatemem" not in without["README.md"]


def test_the_mem_file_of_the_page_is_the_images_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs" / "firmware.md").read_text(encoding="utf-8")
    code = page.split("<!-- tested: tests/emit/firmware/test_files.py -->\n```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    Path("weights.bin").write_bytes(bytes(range(256)))
    exec(code)
    words = Path("weights.mem").read_text().split()
    assert words[0] == "@00000000"
    assert bytes(int(word, 16) for word in words[1:]) == bytes(range(256))


def test_every_source_of_the_list_is_there(tmp_path: Path) -> None:
    files = write_firmware(small(2), tmp_path)
    index = json.loads(files["rtl/files.json"])
    assert {f"rtl/{name}" for name in (*index["files"], *index["models"])} <= set(files)
    assert index["files"][-1] == "sf_firmware.sv"

"""Feed and loader: elements and ends of images as sent, also where the next load begins before one is through."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.emit.rtl import CORE
from speckleforge.tools.find import installed
from speckleforge.tools.process import run_tool
from speckleforge.verify.verilate import Program, compile_program, gather

HERE = Path(__file__).parent
BOARD = CORE.parent / "board" / "rtl"
SOURCES = ("sf_crc32.sv", "sf_feed.sv", "sf_loader.sv")
needs = pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loader")
    places = (*((place, name) for name in SOURCES for place in (CORE, BOARD)), (HERE, "loader_*"))
    gather(folder, places)
    return compile_program(folder, Program("bench", "loader_top", (*SOURCES, "loader_top.sv"), "loader_bench.cpp"))


@needs
@pytest.mark.tools
@pytest.mark.parametrize("seed", range(3))
def test_every_write_is_of_the_image_that_was_begun_last(program: Path, seed: int) -> None:
    log = program.parent / f"run_{seed}.log"
    run_tool([str(program), str(seed), "600"], cwd=program.parent, log=log)
    begun, good, refused, wrong, restarted, written = map(int, log.read_text(encoding="utf-8").split())
    assert begun == 600
    assert min(good, refused, wrong) > 10
    assert restarted > 300
    assert written > 19 * good

"""The board through its serial pins: real records for real frames, and red where the link spoils one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.emit import stage as emit
from speckleforge.errors import MismatchError, StageError
from speckleforge.ir.design import Design, print_design
from speckleforge.layers.weight_image import build_image
from speckleforge.spec import load_target
from speckleforge.tools.find import installed
from speckleforge.verify import build
from speckleforge.verify.build import board_record
from speckleforge.verify.pins import PinSimulator
from speckleforge.verify.serial_pins import FRAMES, serial_pins
from speckleforge.verify.sets import WeightSet, reference
from tests.emit.designs import head_only, small
from tests.networks import random_parameters, random_words
from tests.verify.rtl_build import board_target

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]

SMALL = small(interface="uart")
ONE_BANK = head_only(banks=1, interface="uart")
SWAPPED = "res_data[RES_BITS-1:161], res_data[128], res_data[159:129], res_data[160], res_data[127:0]"

Edit = Callable[[Path], None]


def run(design: Design, simulators: Path, folder: Path) -> dict[str, Any]:
    """The scenario with two random weight sets; its record."""
    words = random_words(design.topology, 9, 1)
    params = [random_parameters(design.topology, seed).values for seed in (2, 3)]
    sets = [
        WeightSet(str(i), build_image(design.layout, p), reference(design.topology, words, p))
        for i, p in enumerate(params)
    ]
    return serial_pins(PinSimulator(simulators, folder), words, sets, 7)


def kcu105() -> dict[str, Any]:
    """A board whose clock comes as a pair and goes through an MMCM."""
    return load_target("kcu105-uart").slice("emit")


def build_pins(design: Design, folder: Path, edit: Edit = lambda _: None, target: dict[str, Any] | None = None) -> Path:
    """Emit, `edit` the folder `rtl`, compile the board alone; a folder as the pins want it."""
    emitted, out = folder / "emit", folder / "sim"
    for path in (emitted, out):
        path.mkdir()
    (out / "design.txt").write_text(print_design(design), encoding="utf-8")
    params = {"target": target or board_target()}
    emit.run(StageContext(params, {"design": out / "design.txt"}, emitted, folder))
    edit(emitted / "rtl")
    build.gather_sources(emitted / "rtl", emitted / "bench", folder / "work")
    build.build_board(emitted / "rtl", emitted / "bench", folder / "work", out)
    (out / "bench.json").write_bytes((emitted / "bench" / "bench.json").read_bytes())
    return out


def swap(name: str, right: str, wrong: str) -> Edit:
    """An edit of one emitted file."""

    def edit(rtl: Path) -> None:
        text = (rtl / name).read_text(encoding="utf-8")
        assert right in text
        (rtl / name).write_text(text.replace(right, wrong), encoding="utf-8")

    return edit


@pytest.mark.parametrize("design", [SMALL, ONE_BANK], ids=["two banks", "one bank"])
def test_frames_and_weights_over_the_pins(design: Design, tmp_path: Path) -> None:
    record = run(design, build_pins(design, tmp_path), tmp_path / "pins")
    assert record["name"] == "serial pins"
    assert record["holds"] is True
    assert record["frames"] == sum(FRAMES)
    assert record["image_bytes_over_the_line"] == design.layout.image_bytes
    assert record["clocks_per_bit"]["simulated"] == record["clocks_per_bit"]["synthesised"]
    assert record["cycles"] > 10 * record["clocks_per_bit"]["simulated"] * record["bytes"]["sent"]


@pytest.mark.parametrize("family", ["ultrascale", "ultrascaleplus"])
def test_frames_and_weights_over_the_pins_of_the_kcu105(family: str, tmp_path: Path) -> None:
    board = kcu105() | {"family": family}
    record = run(ONE_BANK, build_pins(ONE_BANK, tmp_path, target=board), tmp_path / "pins")
    assert record["frames"] == sum(FRAMES)
    assert record["image_bytes_over_the_line"] == ONE_BANK.layout.image_bytes
    text = (tmp_path / "emit" / "bench" / "board_design.h").read_text(encoding="utf-8")
    assert "{ top.sysclk_300_p = high; top.sysclk_300_n = !high; }" in text
    index = json.loads((tmp_path / "emit" / "rtl" / "files.json").read_text(encoding="utf-8"))
    assert "sf_clock_ultrascale.sv" in index["files"]
    assert not any("mmcm" in name for name in index["files"]), "stand-ins are the bench's, synthesis never reads them"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (".clk_in_n(sysclk_300_n)", ".clk_in_n(1'b1)", "standstill: 0 of 1 packets"),
        (".MULTIPLY_8THS(32)", ".MULTIPLY_8THS(48)", "oscillator at 1800"),
    ],
    ids=["a side that is not wired", "too fast"],
)
def test_a_wrong_clock_of_the_kcu105_is_seen(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    design = replace(ONE_BANK, settings=replace(ONE_BANK.settings, clock_khz=200_000))
    with pytest.raises(StageError) as caught:
        run(design, build_pins(design, tmp_path, swap("sf_top.sv", right, wrong), kcu105()), tmp_path / "pins")
    log = (tmp_path / "pins" / "pins_1" / "bench.log").read_text(encoding="utf-8")
    assert said in f"{caught.value}\n{log}"


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        # The lowest bits of two scores change places on their way into the packet.
        (swap("sf_link.sv", "({res_data, RESULT})", f"({{{SWAPPED}, RESULT}})"), ", score_0 is wrong"),
        (swap("sf_packet_rx.sv", "crc == RESIDUE", "crc != 32'd0"), "frame 2, pulse_id is wrong"),
    ],
    ids=["bits swapped", "broken packets believed"],
)
def test_a_fault_of_the_link_is_named(edit: Edit, named: str, tmp_path: Path) -> None:
    with pytest.raises(MismatchError, match="board, scenario serial pins") as caught:
        run(ONE_BANK, build_pins(ONE_BANK, tmp_path, edit), tmp_path / "pins")
    assert named in str(caught.value)


def test_a_dead_line_stands_still(tmp_path: Path) -> None:
    dead = swap("sf_uart_tx.sv", "assign pin = shift[0];", "assign pin = 1'b1;")
    with pytest.raises(StageError, match="standstill: 0 of 1 packets"):
        run(ONE_BANK, build_pins(ONE_BANK, tmp_path, dead), tmp_path / "pins")


@pytest.mark.parametrize(
    ("image_bytes", "frame_words", "simulated"), [(5_000, 90, 50), (60_000, 90, 8), (90, 5_000, 8)]
)
def test_what_is_long_takes_a_faster_line(image_bytes: int, frame_words: int, simulated: int, tmp_path: Path) -> None:
    board = {"clocks_per_bit": 50, "lowest_clocks_per_bit": 8}
    core = {"image_bytes": image_bytes, "frame_words": frame_words, "word_bits": 9}
    (tmp_path / "board.json").write_text(json.dumps(board), encoding="utf-8")
    (tmp_path / "bench.json").write_text(json.dumps(core), encoding="utf-8")
    assert board_record(tmp_path)["simulated_clocks_per_bit"] == simulated

"""The published network on every board: planned at a rate that the board holds, printed for its own stream."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from speckleforge.emit.firmware.files import firmware_files
from speckleforge.emit.rtl import rtl_files
from speckleforge.ir.design import Design
from speckleforge.lower.limits import region
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.prediction import Prediction
from speckleforge.lower.request import RESOURCES, read_board
from speckleforge.spec import load_target
from speckleforge.spec.load import load_spec

SPECS = Path(__file__).parents[2] / "specs"
# Frames in a millisecond at 200 MHz; 1,000 are every pulse of LCLS-II. The gearbox of the Zynq boards takes 754, with a
# beat of 128 bits a cycle.
RATES = {
    "kcu1500": 1000, "kcu105": 1000, "zcu102": 750, "zcu104": 500, "alveo-u50": 1000, "alveo-u200": 1000,
    "alveo-u250": 1000, "alveo-u280": 1000, "varium-c1100": 1000, "vcu118": 1000,
}  # fmt: skip


@cache
def planned(board: str, rate_khz: int) -> tuple[Design, Prediction]:
    spec = load_spec(SPECS / "kcu1500-w4a4.yaml")
    hardware = {**spec.slice("lower")["hardware"], "frame_rate_khz": rate_khz, "latency_us": 2000 / rate_khz}
    return lower_topology(spec.topology, hardware, load_target(board).slice("lower"))


@pytest.mark.parametrize("board", RATES)
def test_every_board_plans_the_published_network(board: str) -> None:
    _, prediction = planned(board, RATES[board])
    record = prediction.as_dict()
    assert record["interval_cycles"]["value"] <= 200_000 / RATES[board]
    assert record["limit"]["frame_rate_khz"] >= RATES[board], "neither kernels nor links bound it below what is asked"
    used = {name: record["resources"][name] for name in RESOURCES}
    assert {name: found["available"] for name, found in used.items()} == {
        name: load_target(board).values["resources"][name]["count"] for name in RESOURCES
    }
    assert all(found["share"] < 0.5 for found in used.values())
    assert {kernel.fit for kernel in prediction.kernels} == {"fitted"}
    if prediction.regions:
        assert prediction.regions["fits_one"]


def test_a_narrow_stream_is_what_bounds_the_rate() -> None:
    record = planned("zcu104", 1000)[1].as_dict()
    assert (record["limit"]["what"], record["limit"]["name"]) == ("link", "gearbox")
    assert record["limit"]["frame_rate_khz"] == pytest.approx(200_000 / 265)
    rows = {row["name"]: row for row in record["bandwidth"]}
    assert rows["input link"]["through"] == "hp"
    assert rows["input link"]["available_mbps"] is None
    assert rows["input stream"]["frame_rate_khz"] == pytest.approx(250_000 / 267)


def test_equal_choices_make_equal_hardware_on_both_families() -> None:
    """The design names the family of primitives, which UltraScale+ has in common with UltraScale."""
    a, b = (planned(board, 1000)[0] for board in ("kcu1500", "zcu102"))
    assert a.settings.family == b.settings.family == "ultrascale"
    assert a.design_id == b.design_id


def test_regions_hold_what_is_theirs() -> None:
    board = read_board(load_target("alveo-u280").slice("lower"))
    whole = board.resources
    taken = {name: dict(board.shell.shares or ()).get(name, 0.0) / 3 for name in RESOURCES}
    rooms = [region(board, number) for number in range(3)]
    assert [room.dsp for room in rooms] == [full - int(whole.dsp * taken["dsp"]) for full in (2880, 3072, 3072)]
    assert rooms[0].lutram - rooms[1].lutram == 205440 - 197760
    u200 = read_board(load_target("alveo-u200").slice("lower"))
    assert region(u200, 0) == region(u200, 2) == u200.slr
    assert region(u200, 1).lut == 394080 - int(1182240 * 0.1783)


@pytest.mark.parametrize("board", RATES)
def test_every_board_gets_its_block_for_a_firmware_tree(board: str) -> None:
    design, _ = planned(board, RATES[board])
    target = load_target(board).slice("emit")
    rtl = rtl_files(design, target)
    files = firmware_files(design, rtl, target)
    stream: dict[str, Any] = next(link for link in target["links"].values() if link["kind"] == "stream")
    bits = stream["bits"]
    top, page, vhdl = (files[name] for name in ("rtl/sf_firmware.sv", "README.md", "vhdl/SpeckleForge.vhd"))
    assert f"localparam int DATA_BITS = {bits};" in top
    assert re.search(rf"input  wire +\[{bits - 1}:0\] s_axis_tdata", top)
    assert f"AXIS_CONFIG_G.TDATA_BYTES_C = {bits // 8})" in vhdl
    header = max(32, bits // 8)
    assert f"{header + 65 * 65} bytes with the header of {header}" in page
    assert f"beats of {bits} bits" in page
    assert f"DMA {stream['mhz']:g} MHz, core 200 MHz" in page
    assert ("header_bytes=64" in page) == ("SF_HEADER_BYTES 64u" in page) == (bits == 512)
    period = f"{min(1000 / stream['mhz'], 5):.3f}"
    assert f" {period}\n" in files["xdc/sf_firmware.xdc"]
    assert json.loads(files["rtl/files.json"])["top"] == "sf_firmware"

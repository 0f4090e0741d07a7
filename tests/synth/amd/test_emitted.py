"""Plans for what the emitter really prints: the core, the block for a firmware tree, a design in two regions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.emit.core_source import core_source
from speckleforge.emit.firmware.files import firmware_files
from speckleforge.emit.regions import placed
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import DesignError, FormatError
from speckleforge.ir.design import print_design
from speckleforge.synth.amd.options import Activity, VivadoOptions
from speckleforge.synth.amd.regions import kernel_regions
from speckleforge.synth.amd.trees import hls_tree, rtl_tree
from speckleforge.synth.amd.vendor_plan import library
from speckleforge.synth.amd.vivado import core_block, firmware_block, vivado_plan
from speckleforge.tools.releases import release
from tests.emit.designs import small
from tests.emit.firmware.block import target, write_firmware
from tests.emit.test_regions import cut
from tests.synth.amd.hostile import EXAMPLES
from tests.synth.amd.interpreter import check_results, lay_out, needs_tcl, run_script
from tests.synth.amd.samples import HLS_INDEX, kcu105_uart, kcu1500, rtl, with_pins

TCL = needs_tcl()


def with_tcl(test: object) -> object:
    for mark in TCL:
        test = mark(test)
    return test


def write_rtl(folder: Path) -> dict[str, str]:
    files = rtl_files(small(2), target())
    for name, text in files.items():
        path = folder / "rtl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return files


@with_tcl
def test_the_emitted_core_is_read_in_compile_order(tmp_path: Path) -> None:
    design = small(2)
    files = write_rtl(tmp_path / "w")
    index = json.loads(files["files.json"])
    plan = vivado_plan(
        core_block(rtl_tree(index, design.design_id), target(), 200_000), VivadoOptions(), release("2023.2")
    )
    done = run_script(lay_out(tmp_path / "w", plan), "vivado.tcl", "vivado", "2023.2")
    assert (done.code, done.err) == (0, "")
    check_results(tmp_path / "w", plan)
    assert [words[-1] for words in done.named("read_verilog")] == [f"rtl/{name}" for name in index["files"]]
    assert not any("models" in word for call in done.calls for word in call)
    assert (tmp_path / "w" / "boot.hex").read_text() == files["boot.hex"]


@with_tcl
def test_the_emitted_top_of_a_board_with_its_pins(tmp_path: Path) -> None:
    board, design = kcu105_uart(), small(2, interface="uart")
    files = rtl_files(design, board)
    for name, text in files.items():
        path = tmp_path / "w" / "rtl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    index = json.loads(files["files.json"])
    block = core_block(rtl_tree(index, design.design_id), board, 200_000)
    plan = vivado_plan(block, VivadoOptions(), release("2023.2"), board)
    done = run_script(lay_out(tmp_path / "w", plan), "vivado.tcl", "vivado", "2023.2")
    assert (done.code, done.err) == (0, "")
    assert [words[-1] for words in done.named("read_verilog")] == [f"rtl/{name}" for name in index["files"]]
    top = files["sf_top.sv"]
    ports = re.findall(r"^    (?:input|output)\s+wire (?:\[7:0\] )?(\w+)", top, re.MULTILINE)
    bits = {name for port in ports for name in ([f"led[{bit}]" for bit in range(8)] if port == "led" else [port])}
    for name in ("PACKAGE_PIN", "IOSTANDARD"):
        assert {words[2] for words in done.named("set_property") if words[0] == name} == bits
    # The path to the core that other scripts name.
    assert re.search(r"^  \) u_board \(", top, re.MULTILINE)
    assert re.search(r"^  sf_core u_core \(", files["sf_board_uart.sv"], re.MULTILINE)
    assert block.core == "u_board/u_core"


@with_tcl
def test_the_emitted_block_with_its_own_constraints(tmp_path: Path) -> None:
    design = small(2)
    files = write_firmware(design, tmp_path / "w" / "firmware")
    tree = rtl_tree(json.loads(files["rtl/files.json"]), design.design_id, "firmware/rtl")
    plan = vivado_plan(firmware_block(tree, target(), 200_000, 125_000), VivadoOptions(), release("2018.2"))
    done = run_script(lay_out(tmp_path / "w", plan), "vivado.tcl", "vivado", "2018.2")
    assert (done.code, done.err) == (0, "")
    assert len(done.named("set_bus_skew")) >= 2
    ports = {words[-1] for words in done.named("create_clock")}
    text = files["rtl/sf_firmware.sv"]
    assert ports == set(re.findall(r"input\s+wire\s+(?:\[[^]]*\])?\s*(\w+_clk)\b", text))


def test_the_core_has_the_clock_and_the_memory_that_scripts_name() -> None:
    files = rtl_files(small(2), target())
    core = files["sf_core.sv"]
    assert re.search(r"^\s+input  wire +clk,", core, re.MULTILINE)
    assert re.search(r"^  \) u_boot \(", core, re.MULTILINE)
    assert re.search(r"logic \[7:0\] mem\[0:BYTES-1\]", files["sf_boot.sv"])
    assert "*u_boot/mem_reg*" in library("sf_write_mmi.tcl")
    assert re.search(r"^  sf_core u_core \(", write_text(), re.MULTILINE)


def write_text() -> str:
    """The top of the block for a firmware tree."""
    board = target()
    return firmware_files(small(2), rtl_files(small(2), board), board)["rtl/sf_firmware.sv"]


def test_regions_of_a_design_are_those_that_the_emitter_prints() -> None:
    crossing = cut()
    found = kernel_regions(print_design(crossing))
    assert found == {f"u_{name}": region for name, region in placed(crossing).items()}
    assert set(found.values()) == {0, 1}
    text = core_source(crossing)
    assert all(re.search(rf"\b{name} \(", text) for name in found)
    options = VivadoOptions(slr_pblocks=True)
    block = replace(core_block(rtl(), kcu1500(), 200_000), regions=found)
    xdc = dict(vivado_plan(block, options, release("2023.2")).plan.files)["sf_pblocks.xdc"]
    assert all(name in xdc for name in found)


def test_a_design_in_one_region_has_no_pblocks() -> None:
    assert kernel_regions(print_design(small(2))) == {}
    with pytest.raises(DesignError):
        kernel_regions("no design")


@pytest.mark.parametrize("key", HLS_INDEX)
def test_a_missing_key_of_a_tree_is_told(key: str) -> None:
    index = {name: value for name, value in HLS_INDEX.items() if name != key}
    with pytest.raises(FormatError, match=f"hls/files.json: keys are missing\n    got: {key}"):
        hls_tree(index)


@pytest.mark.parametrize("value", [item for item in EXAMPLES if item != "~root"])
@pytest.mark.parametrize("key", [key for key in HLS_INDEX if key != "headers"])
def test_hostile_values_of_a_tree_are_refused(key: str, value: str) -> None:
    hostile = [value] if isinstance(HLS_INDEX[key], list) else value
    with pytest.raises((DesignError, FormatError)):
        hls_tree({**HLS_INDEX, key: hostile})


@pytest.mark.parametrize("value", [item for item in EXAMPLES if item not in ("~root",)])
def test_hostile_values_of_a_board_are_refused(value: str) -> None:
    board = with_pins()
    for change in (
        {"part": value},
        {"pins": {value: board["pins"]["key"]}},
        {"pins": {"key": {**board["pins"]["key"], "site": value}}},
        {"pins": {"key": {**board["pins"]["key"], "io_type": value}}},
        {"constraints": [f"set_property X {value} [exec rm x]"]},
    ):
        changed = {**board, **change}
        options = VivadoOptions(steps=("synth", "implement", "bitstream"))
        with pytest.raises((DesignError, FormatError)):
            vivado_plan(core_block(rtl(), changed, 125_000), options, release("2023.2"), changed)


@with_tcl
@pytest.mark.parametrize("value", ["[exit]", "$argv", "a{b", '"', ";exit", "a\\", "é", "#x", "{*}"])
def test_a_hostile_path_of_an_activity_arrives_unchanged(value: str, tmp_path: Path) -> None:
    options = VivadoOptions(activity=Activity("a.saif", value))
    plan = vivado_plan(core_block(rtl(), kcu1500(), 200_000), options, release("2023.2"))
    done = run_script(lay_out(tmp_path / "w", plan), "vivado.tcl", "vivado", "2023.2")
    assert (done.code, done.err) == (0, "")
    assert done.named("read_saif") == [("-strip_path", value, "a.saif")]

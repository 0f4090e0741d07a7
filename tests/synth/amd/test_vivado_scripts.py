"""Every Vivado script, for every release and flow, to its end in a real interpreter; constraint files run in it too."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.errors import DesignError
from speckleforge.spec import load_target
from speckleforge.synth.amd.constraints import block_clocks, slr_pblocks
from speckleforge.synth.amd.options import Activity, Clock, Directives, VivadoOptions
from speckleforge.synth.amd.trees import RtlTree
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.synth.amd.vivado import Block, core_block, firmware_block, ip_block, vivado_plan
from speckleforge.tools.front_ends import RELEASES
from speckleforge.tools.releases import release
from tests.synth.amd.interpreter import Outcome, World, check_results, lay_out, needs_tcl, run_script
from tests.synth.amd.samples import (
    COMPONENT,
    DESIGN,
    OTHER,
    SOURCES,
    board_top,
    kcu105_uart,
    kcu1500,
    rtl,
    tree,
    vivado_targets,
    with_pins,
)

VIVADO = [text for text in RELEASES if release(text) >= release("2018.2")]
IP_WORLD = World(component=COMPONENT.replace("{design}", DESIGN))
SAIF = Activity("activity.saif", "bench/u_core")
pytestmark = needs_tcl()

RTL_OPTIONS = {
    "default": VivadoOptions(),
    "synth": VivadoOptions(steps=("synth",), threads=1),
    "incremental": VivadoOptions(reference="reference.dcp", directives=Directives(opt="Explore")),
    "power": VivadoOptions(activity=SAIF, max_paths=100),
    "regions": VivadoOptions(slr_pblocks=True),
}


def block_of(flow: str, target: dict[str, Any] | None = None) -> Block:
    board = target or kcu1500()
    return ip_block(tree(), board, 200_000) if flow == "hls_ip" else core_block(rtl(), board, 200_000)


def run_plan(folder: Path, plan: VendorPlan, world: World | None = None) -> Outcome:
    return run_script(
        lay_out(folder, plan), "vivado.tcl", "vivado", plan.release, replace(world or World(), release=plan.release)
    )


@pytest.mark.parametrize("at", VIVADO)
def test_every_release_runs_to_its_end(at: str, tmp_path: Path) -> None:
    for label, options in RTL_OPTIONS.items():
        block = replace(block_of("rtl"), regions={"u_conv2d_1": 0, "u_conv2d_4": 1, "u_head_10": 0})
        plan = vivado_plan(block, options, release(at))
        done = run_plan(tmp_path / label, plan)
        assert (done.code, done.err) == (0, "")
        assert done.steps == plan.steps
        check_results(tmp_path / label, plan)
        check_order(done, options)
        check_manifest(tmp_path / label, "rtl", at, done)


@pytest.mark.parametrize("at", VIVADO)
def test_the_packed_ip_runs_to_its_end(at: str, tmp_path: Path) -> None:
    plan = vivado_plan(block_of("hls_ip"), VivadoOptions(flow="hls_ip"), release(at))
    assert plan.inputs == ("ip/sf_network.zip",)
    done = run_plan(tmp_path / "w", plan, IP_WORLD)
    assert (done.code, done.err) == (0, "")
    check_results(tmp_path / "w", plan)
    named = ("-name", "sf_network", "-vendor", "speckleforge", "-library", "hls", "-version", "1.0")
    assert done.named("create_ip") == [(*named, "-module_name", "sf_network_0", "-dir", "ip_made")]
    assert done.named("set_property")[:2] == [
        ("ip_repo_paths", "ip_repo", "project"),
        ("generate_synth_checkpoint", "false", "sf_network_0.xci"),
    ]
    assert option_of(done, "synth_design", "-top") == "sf_network_0"
    assert done.named("create_clock") == [("-name", "ap_clk", "-period", "5.000", "ap_clk")]
    check_manifest(tmp_path / "w", "hls", at, done, top="sf_network_0")


def option_of(done: Outcome, command: str, option: str) -> str:
    """The value of an option of the only call of a command."""
    (words,) = done.named(command)
    return words[words.index(option) + 1]


def check_order(done: Outcome, options: VivadoOptions) -> None:
    """Sources before constraints before synthesis, and so on to the reports."""
    assert [words[-1] for words in done.named("read_verilog")] == ["rtl/sf_boot.sv", "rtl/sf_core.sv"]
    assert all(words[0] == "-sv" for words in done.named("read_verilog"))
    flow = ["read_verilog", "read_xdc", "synth_design"]
    if "implement" in options.steps:
        flow += ["opt_design", *(["read_checkpoint"] if options.reference else []), "place_design", "phys_opt_design"]
        flow += ["route_design", *(["read_saif"] if options.activity else []), "report_power"]
    places = [done.names.index(name) for name in flow]
    assert places == sorted(places)
    assert done.named("set_param") == [("general.maxThreads", str(options.threads))]
    assert option_of(done, "synth_design", "-mode") == "out_of_context"
    assert option_of(done, "synth_design", "-part") == "xcku115-flvb2104-2-e"
    assert done.named("create_clock") == [("-name", "clk", "-period", "5.000", "clk")]
    assert "-auto_incremental" not in {word for call in done.calls for word in call}
    assert done.named("read_checkpoint") == ([("-incremental", "reference.dcp")] if options.reference else [])
    assert done.named("read_saif") == ([("-strip_path", "bench/u_core", "activity.saif")] if options.activity else [])
    assert done.named("resize_pblock") == (
        [("-add", "SLR0", "pblock_slr0"), ("-add", "SLR1", "pblock_slr1")] if options.slr_pblocks else []
    )
    for words in done.named("report_timing_summary"):
        assert words[words.index("-max_paths") + 1] == str(options.max_paths)


def check_manifest(folder: Path, implementation: str, at: str, done: Outcome, top: str = "sf_core") -> None:
    found = json.loads((folder / "manifest.json").read_text(encoding="ascii"))
    assert re.fullmatch("[0-9a-f]{64}", found.pop("settings"))
    written = {words[words.index("-file") + 1] for name, *words in done.calls if name.startswith("report_")}
    assert set(found.pop("reports")) == written
    flow = {"rtl": "rtl", "hls": "hls_ip"}[implementation]
    assert found == {
        "tool": "vivado",
        "version": at,
        "part": "xcku115-flvb2104-2-e",
        "top": top,
        "design_id": DESIGN,
        "sources": SOURCES,
        "implementation": implementation,
        "flow": flow,
        "clock_khz": 200000,
        "steps": list(done.steps),
    }


def test_the_ip_of_another_design_is_refused(tmp_path: Path) -> None:
    plan = vivado_plan(block_of("hls_ip"), VivadoOptions(flow="hls_ip"), release("2023.2"))
    done = run_plan(tmp_path / "w", plan, World(component=COMPONENT.replace("{design}", OTHER)))
    assert done.code == 1
    assert f"step read: ip_repo/sf_network/component.xml is not of design {DESIGN}" in done.err


@pytest.mark.parametrize("target", vivado_targets())
@pytest.mark.parametrize("flow", ["rtl", "hls_ip"])
def test_every_board_runs_with_every_flow(target: str, flow: str, tmp_path: Path) -> None:
    board = dict(load_target(target).values)
    for at in (VIVADO[0], VIVADO[-1]):
        plan = vivado_plan(block_of(flow, board), VivadoOptions(flow=flow), release(at), board)
        done = run_plan(tmp_path / at, plan, IP_WORLD)
        assert (done.code, done.err) == (0, "")
        assert option_of(done, "synth_design", "-part") == board["part"]
        whole = flow == "rtl" and bool(board["pins"])
        assert option_of(done, "synth_design", "-mode") == ("default" if whole else "out_of_context")
        assert done.named("read_xdc") == [("sf_pins.xdc" if whole else "sf_clocks.xdc",)]
        assert done.named("create_project") == [("-in_memory", "-part", board["part"])]


@pytest.mark.parametrize("at", VIVADO)
def test_the_block_for_a_firmware_tree(at: str, tmp_path: Path) -> None:
    top = RtlTree("sf_firmware", ("sf_core.sv", "sf_firmware.sv"), DESIGN, "firmware/rtl")
    plan = vivado_plan(firmware_block(top, kcu1500(), 200_000, 125_000), VivadoOptions(), release(at))
    folder = lay_out(tmp_path / "w", plan)
    scoped = "set_max_delay -datapath_only -from [get_cells {a_reg}] -to [get_cells {b_reg[*]}] 4.000\n"
    (folder / "firmware" / "xdc" / "sf_firmware.xdc").write_text(scoped)
    done = run_plan(folder, plan)
    assert (done.code, done.err) == (0, "")
    clocks = {words[-1]: words[3] for words in done.named("create_clock")}
    assert clocks == {"core_clk": "5.000", "dma_clk": "4.000", "axil_clk": "8.000"}
    assert done.named("read_xdc") == [("sf_clocks.xdc",), ("firmware/xdc/sf_firmware.xdc",)]  # its scope is the top
    assert done.named("set_max_delay") == [("-datapath_only", "-from", "a_reg", "-to", "b_reg[*]", "4.000")]
    assert (folder / "boot.hex").exists()


def test_a_constraint_file_keeps_its_scope_below_another_top() -> None:
    block = replace(block_of("rtl"), constraints=(("xdc/part.xdc", "sf_part"),))
    script = dict(vivado_plan(block, VivadoOptions(), release("2023.2")).plan.files)["vivado.tcl"]
    assert "read_xdc -ref sf_part xdc/part.xdc" in script


BOOT = {"RAM_ADDR_BEGIN": "0", "RAM_ADDR_END": "4095", "RAM_SLICE_BEGIN": "0", "RAM_SLICE_END": "7"}
TO_A_BITSTREAM = VivadoOptions(steps=("synth", "implement", "bitstream"))


def boot_world(cell: str, part: str) -> World:
    """An implemented design whose boot memory holds four bytes in one block RAM."""
    init = "256'h" + "0" * 56 + "48504653"
    about = {**BOOT, "LOC": "RAMB36_X1Y2", "INIT_00": init}
    properties = {f"{cell},{name}": value for name, value in about.items()} | {"design,PART": part}
    return World(cells=(cell,), properties=properties)


def run_to_a_bitstream(folder: Path, board: dict[str, Any], at: str, cell: str) -> Outcome:
    """Run the board's script to its end; every result is there."""
    plan = vivado_plan(core_block(board_top(), board, 200_000), TO_A_BITSTREAM, release(at), board)
    lay_out(folder, plan)
    (folder / "rtl" / "boot.hex").write_text("53\n46\n50\n48\n")
    done = run_plan(folder, plan, boot_world(cell, board["part"]))
    assert (done.code, done.err) == (0, "")
    check_results(folder, plan)
    assert option_of(done, "synth_design", "-mode") == "default"
    assert 'Placement="X1Y2"' in (folder / "memory.mmi").read_text()
    return done


def properties_of(done: Outcome, name: str) -> dict[str, str]:
    """What a property was set to, by object."""
    return {words[2]: words[1] for words in done.named("set_property") if words[0] == name}


@pytest.mark.parametrize("at", VIVADO)
def test_the_kcu105_gets_a_bitstream(at: str, tmp_path: Path) -> None:
    board = kcu105_uart()
    done = run_to_a_bitstream(tmp_path / "w", board, at, "u_board/u_core/u_boot/mem_reg")
    # Of a differential clock one side has the period, and both have site and standard.
    assert done.named("create_clock") == [("-name", "sysclk_300_p", "-period", "3.333", "sysclk_300_p")]
    sites, standards = (properties_of(done, name) for name in ("PACKAGE_PIN", "IOSTANDARD"))
    assert {name: sites[name] for name in ("sysclk_300_p", "sysclk_300_n")} == {
        "sysclk_300_p": "AK17",
        "sysclk_300_n": "AK16",
    }
    assert (sites["usb_uart_rx"], sites["usb_uart_tx"], sites["cpu_reset"]) == ("G25", "K26", "AN8")
    assert {sites[f"led[{bit}]"] for bit in range(8)} == {"AP8", "H23", "P20", "P21", "N22", "M22", "R23", "P23"}
    assert sites.keys() == standards.keys()
    assert {name for name, value in standards.items() if value == "DIFF_SSTL12"} == {"sysclk_300_p", "sysclk_300_n"}
    assert set(standards.values()) == {"DIFF_SSTL12", "LVCMOS18"}
    assert properties_of(done, "ODT") == {"sysclk_300_p": "RTT_48", "sysclk_300_n": "RTT_48"}
    assert properties_of(done, "PULLTYPE") == {"usb_uart_rx": "PULLUP"}
    lamps = " ".join(f"led[{bit}]" for bit in range(8))
    assert done.named("set_false_path") == [("-from", "usb_uart_rx cpu_reset"), ("-to", f"usb_uart_tx {lamps}")]
    assert ("CFGBVS", "GND", "design") in done.named("set_property")
    assert ("CONFIG_VOLTAGE", "1.8", "design") in done.named("set_property")


def test_a_clock_at_one_pin_and_a_tied_output(tmp_path: Path) -> None:
    board = with_pins()
    done = run_to_a_bitstream(tmp_path / "w", board, "2023.2", "u_boot/mem_reg")
    assert done.named("create_clock") == [("-name", "clk_125", "-period", "8.000", "clk_125")]
    pins = {"clk_125": "G10", "led[0]": "AP8", "led[1]": "H23", "key": "AD10", "off": "P20"}
    assert properties_of(done, "PACKAGE_PIN") == pins
    assert properties_of(done, "PULLTYPE") == {"key": "PULLUP"}
    assert properties_of(done, "DRIVE") == {"led[0]": "8", "led[1]": "8"}
    assert done.named("set_false_path") == [("-from", "key"), ("-to", "led[0] led[1]")]


def test_a_board_without_its_pins_is_told() -> None:
    board = kcu105_uart()
    block = core_block(board_top(), board, 200_000)
    for target in (None, {**board, "pins": {}}):
        with pytest.raises(DesignError, match="the top of a board without its pins"):
            vivado_plan(block, VivadoOptions(), release("2023.2"), target)
    assert (block.core, core_block(rtl(), kcu1500(), 200_000).core) == ("u_board/u_core", "")


def test_a_memory_that_cannot_be_mapped_loses_no_implementation(tmp_path: Path) -> None:
    board = kcu105_uart()
    plan = vivado_plan(core_block(board_top(), board, 200_000), TO_A_BITSTREAM, release("2023.2"), board)
    folder = lay_out(tmp_path / "w", plan)
    (folder / "rtl" / "boot.hex").write_text("53\n")
    (folder / "memory.mmi").write_text("of the run before")
    world = boot_world("u_board/u_core/u_boot/mem_reg", board["part"])
    properties = {**world.properties, "u_board/u_core/u_boot/mem_reg,RAM_OFFSET": "4000"}
    done = run_plan(folder, plan, replace(world, properties=properties))
    assert (done.code, done.err, done.steps) == (0, "", plan.steps)
    check_results(folder, plan)
    assert not (folder / "memory.mmi").exists()
    assert "too small to be patched" in json.loads((folder / "manifest.json").read_text())["no_memory_map"]
    assert "WARNING: speckleforge: no map of the boot memory" in done.out


def test_a_boot_memory_without_a_map(tmp_path: Path) -> None:
    board = with_pins()
    options = replace(TO_A_BITSTREAM, memory_map=False)
    plan = vivado_plan(core_block(rtl(), board, 125_000), options, release("2023.2"), board)
    done = run_plan(tmp_path / "w", plan)
    assert (done.code, done.steps) == (0, plan.steps)
    assert "mmi" not in done.steps
    check_results(tmp_path / "w", plan)


@pytest.mark.parametrize(
    ("command", "step"),
    [("read_verilog", "read"), ("synth_design", "synth"), ("route_design", "route"), ("report_drc", "report")],
)
def test_a_failure_names_its_step_and_ends_the_tool(command: str, step: str, tmp_path: Path) -> None:
    plan = vivado_plan(block_of("rtl"), VivadoOptions(), release("2023.2"))
    done = run_plan(tmp_path / "w", plan, World(fail=(command,)))
    assert done.code == 1
    assert done.err.startswith(f"ERROR: speckleforge: step {step}: {command} failed on purpose")
    assert "speckleforge: done" not in done.out
    assert not (tmp_path / "w" / "manifest.json").exists()


def test_a_missing_reference_is_a_failure(tmp_path: Path) -> None:
    plan = vivado_plan(block_of("rtl"), VivadoOptions(reference="reference.dcp"), release("2023.2"))
    folder = lay_out(tmp_path / "w", plan)
    (folder / "reference.dcp").unlink()
    done = run_script(folder, "vivado.tcl", "vivado", "2023.2")
    assert done.code == 1
    assert "there is no reference.dcp" in done.err


def test_no_path_of_a_machine_is_in_a_script() -> None:
    for flow in ("rtl", "hls_ip"):
        for _, text in vivado_plan(block_of(flow), VivadoOptions(flow=flow), release("2023.2")).plan.files:
            assert "/tmp" not in text
            assert "/work" not in text


def test_clocks_of_a_block() -> None:
    text = block_clocks((Clock("clk", 156_250, "BUFGCE_X0Y24"), Clock("axil_clk", 333_333)))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == [
        "create_clock -name clk -period 6.400 [get_ports {clk}]",
        "set_property HD.CLK_SRC BUFGCE_X0Y24 [get_ports {clk}]",
        "create_clock -name axil_clk -period 3.000 [get_ports {axil_clk}]",
    ]
    assert "No input or output delays" in text


def test_regions_are_pblocks_of_instances() -> None:
    text = slr_pblocks({"u_a": 1, "u_b": 0, "u_c": 1}, 2, "u_core")
    assert "add_cells_to_pblock [get_pblocks pblock_slr1] [get_cells {u_core/u_a u_core/u_c}]" in text
    assert text.index("pblock_slr0") < text.index("pblock_slr1")
    with pytest.raises(DesignError, match="no such super logic region"):
        slr_pblocks({"u_a": 2}, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"flow": "hls_ip"}, "the flow does not fit the sources"),
        ({"steps": ("synth", "implement", "bitstream")}, "a bitstream needs a top with pins"),
        ({"reference": "r.dcp", "directives": Directives(place="Explore")}, "directives of its own"),
        ({"slr_pblocks": True}, "no regions for slr_pblocks"),
    ],
)
def test_options_that_do_not_fit_are_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        vivado_plan(block_of("rtl"), VivadoOptions(**options), release("2023.2"), kcu1500())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": ("implement",)}, "a step without the one before it"),
        ({"steps": ("synth", "bitstream")}, "a step without the one before it"),
        ({"steps": ("synt",)}, "did you mean 'synth'"),
        ({"threads": 0}, "no such number of threads"),
        ({"max_paths": 0}, "no such number of paths"),
        ({"reference": "../other.dcp"}, "no file name for a vendor's tool"),
        ({"flow": "rtll"}, "did you mean 'rtl'"),
    ],
)
def test_options_that_are_none_are_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        VivadoOptions(**options)


@pytest.mark.parametrize("at", ["2016.4", "2018.1"])
def test_a_release_without_a_table_is_told(at: str) -> None:
    with pytest.raises(DesignError, match="no table for this release of Vivado"):
        vivado_plan(block_of("rtl"), VivadoOptions(), release(at))

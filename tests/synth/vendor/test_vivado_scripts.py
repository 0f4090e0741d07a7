"""Every Vivado script, for every release and flow, to its end in a real interpreter; constraint files run in it too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.errors import DesignError
from speckleforge.spec import load_target
from speckleforge.synth.vendor.constraints import block_clocks, slr_pblocks
from speckleforge.synth.vendor.options import Activity, Clock, Directives, VivadoOptions
from speckleforge.synth.vendor.trees import RtlTree
from speckleforge.synth.vendor.vendor_plan import VendorPlan
from speckleforge.synth.vendor.vivado import Block, core_block, firmware_block, ip_block, vivado_plan
from speckleforge.tools.front_ends import RELEASES
from speckleforge.tools.releases import release
from tests.synth.vendor.interpreter import Outcome, World, check_results, lay_out, needs_tcl, run_script
from tests.synth.vendor.samples import COMPONENT, DESIGN, OTHER, SOURCES, kcu1500, rtl, tree, vivado_targets, with_pins

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
        plan = vivado_plan(block_of(flow, board), VivadoOptions(flow=flow), release(at))
        done = run_plan(tmp_path / at, plan, IP_WORLD)
        assert (done.code, done.err) == (0, "")
        assert option_of(done, "synth_design", "-part") == board["part"]
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


@pytest.mark.parametrize("at", VIVADO)
def test_a_board_with_pins_gets_a_bitstream(at: str, tmp_path: Path) -> None:
    board = with_pins()
    block = core_block(RtlTree("sf_top", ("sf_boot.sv", "sf_top.sv"), DESIGN), board, 125_000)
    options = VivadoOptions(steps=("synth", "implement", "bitstream"))
    plan = vivado_plan(block, options, release(at), board)
    folder = lay_out(tmp_path / "w", plan)
    (folder / "rtl" / "boot.hex").write_text("53\n46\n50\n48\n")
    init = "256'h" + "0" * 56 + "48504653"
    properties = {"u_boot/mem_reg,RAM_ADDR_BEGIN": "0", "u_boot/mem_reg,RAM_ADDR_END": "4095"}
    properties |= {"u_boot/mem_reg,RAM_SLICE_BEGIN": "0", "u_boot/mem_reg,RAM_SLICE_END": "7"}
    properties |= {"u_boot/mem_reg,LOC": "RAMB36_X1Y2", "u_boot/mem_reg,INIT_00": init, "design,PART": board["part"]}
    done = run_plan(folder, plan, World(cells=("u_boot/mem_reg",), properties=properties))
    assert (done.code, done.err) == (0, "")
    check_results(folder, plan)
    assert option_of(done, "synth_design", "-mode") == "default"
    assert done.named("create_clock") == [("-name", "clk_125", "-period", "8.000", "clk_125")]
    pins = {words[2]: words[1] for words in done.named("set_property") if words[0] == "PACKAGE_PIN"}
    assert pins == {"clk_125": "G10", "led[0]": "AP8", "led[1]": "H23", "key": "AD10"}
    assert ("PULLTYPE", "PULLUP", "key") in done.named("set_property")
    assert ("DRIVE", "8", "led[1]") in done.named("set_property")
    assert ("CFGBVS", "GND", "design") in done.named("set_property")
    assert 'Placement="X1Y2"' in (folder / "memory.mmi").read_text()


def test_a_boot_memory_without_a_map(tmp_path: Path) -> None:
    board = with_pins()
    options = VivadoOptions(steps=("synth", "implement", "bitstream"), memory_map=False)
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

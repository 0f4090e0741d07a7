"""Plans are values: what the toolchains will run, compared as data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from speckleforge.synth import ecp5
from speckleforge.synth.constraints import lpf_text
from speckleforge.synth.plan import Command, Plan, Sources
from speckleforge.synth.xilinx import Xilinx
from tests.synth.designs import target

SOURCES = Sources("sf_top", ("a.sv", "b.sv"), ("inc",), ("sf_core", "sf_dense"))


def script(plan: Plan) -> str:
    """The one script of a plan that runs yosys once."""
    ((name, text),) = plan.files
    assert plan.commands == (Command("pyosys", (name,)),)
    return text


def test_elaboration_keeps_borders() -> None:
    plan = ecp5.elaborate(SOURCES)
    assert plan.results == ("elaborated.il",)
    assert script(plan) == (
        "read_verilog -sv -defer -Iinc a.sv\n"
        "read_verilog -sv -defer -Iinc b.sv\n"
        "synth_ecp5 -top sf_top -run begin:coarse\n"
        "setattr -mod -set keep_hierarchy 1 sf_core A:hdlname=sf_core\n"
        "setattr -mod -set keep_hierarchy 1 sf_dense A:hdlname=sf_dense\n"
        "select *\n"
        "write_rtlil -selected elaborated.il\n"
        "select -clear\n"
    )
    begin = "-flatten -noiopad -noclkbuf -top sf_top -run begin:prepare\n"
    assert f"synth_xilinx -family xcu {begin}" in script(Xilinx().elaborate(SOURCES))
    assert f"synth_xilinx -family xcup {begin}" in script(Xilinx("ultrascaleplus").elaborate(SOURCES))


FLOWS = [
    (ecp5, "synth_ecp5"),
    (Xilinx(), "synth_xilinx -family xcu -flatten -noiopad -noclkbuf"),
    (Xilinx("ultrascaleplus"), "synth_xilinx -family xcup -flatten -noiopad -noclkbuf"),
]


@pytest.mark.parametrize(("toolchain", "flow"), FLOWS, ids=["ecp5", "ultrascale", "ultrascaleplus"])
def test_a_unit_goes_through_the_whole_flow(toolchain: Any, flow: str) -> None:
    plan = toolchain.map_unit("$paramod$1a\\sf_dense")
    assert plan.results == ("mapped.il",)
    assert script(plan).splitlines()[:2] == ["read_rtlil unit.il", f"{flow} -top $paramod$1a\\sf_dense"]


def test_linking_counts_before_it_flattens() -> None:
    lines = script(ecp5.link("sf_top", ("m0.il", "m1.il"))).splitlines()
    assert lines[:3] == ["read_rtlil m0.il", "read_rtlil m1.il", "synth_ecp5 -top sf_top -run begin:coarse"]
    assert lines.index("tee -q -o stat.json stat -json") < lines.index("flatten") < lines.index("opt_clean")
    assert lines[-1] == "write_json -noscopeinfo netlist.json"
    assert "flatten" not in script(Xilinx().link("sf_core", ("m.il",))).splitlines()  # the blocks stay apart


def test_ecp5_place_and_route() -> None:
    plan = ecp5.place_route_plan(target(), 62.5, 7)
    (command,) = plan.commands
    text = " ".join(command.arguments)
    assert command.tool == "nextpnr-ecp5"
    assert text.startswith("--25k --package CABGA381 --speed 6 --json netlist.json --lpf pins.lpf")
    assert "--freq 62.5 --seed 7 --timing-allow-fail" in text
    assert "placed.config" in plan.results


def test_constraint_file() -> None:
    lines = lpf_text(target()).splitlines()
    assert lines[0].startswith("SYSCONFIG CONFIG_IOVOLTAGE=3.3")
    for line in (
        'LOCATE COMP "clk_25mhz" SITE "G2";',
        'IOBUF PORT "ftdi_rxd" PULLMODE=UP IO_TYPE=LVCMOS33 DRIVE=4;',
        'LOCATE COMP "led[7]" SITE "H3";',
        'LOCATE COMP "wifi_gpio0" SITE "L2";',
        'FREQUENCY PORT "clk_25mhz" 25 MHZ;',
    ):
        assert line in lines


def test_a_plan_has_a_stable_text() -> None:
    plan = Plan((("a", "b\n"),), (Command("t", ("x",)),), ("r",))
    assert json.loads(plan.text()) == {
        "files": [["a", "b\n"]],
        "commands": [{"tool": "t", "arguments": ["x"]}],
        "results": ["r"],
    }


@pytest.mark.parametrize("name", ["ulx3s-25f", "ulx3s-85f", "kcu1500"])
def test_targets_name_the_source_of_each_number(name: str) -> None:
    board = target(name)
    for resource in board["resources"].values():
        assert resource["count"] > 0
        assert resource["source"]
    for group in ("clocks", "links"):
        assert all(entry["source"] for entry in board[group].values())
    assert all(pin["source"] == "lpf" for pin in board["pins"].values())
    assert board["shell"]["reason"]


def test_slrs_are_half_of_the_device() -> None:
    board = target("kcu1500")
    for name, entry in board["resources"].items():
        assert board["slr"]["count"] * board["slr"][name]["count"] == entry["count"]

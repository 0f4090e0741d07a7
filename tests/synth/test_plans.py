"""Plans are values: what the toolchains will run, compared as data."""

from __future__ import annotations

import json

import pytest

from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.constraints import lpf_text
from speckleforge.synth.plan import Command, Plan, Sources
from tests.synth.designs import target

SOURCES = Sources("sf_top", ("a.sv", "b.sv"), ("inc",), ("sf_core", "sf_dense"))


def test_ecp5_synthesis() -> None:
    plan = ecp5.synthesis_plan(SOURCES)
    assert plan.commands == (Command("pyosys", ("synth.ys",)),)
    assert plan.results == ("netlist.json", "stat.json")
    assert dict(plan.files)["synth.ys"] == (
        "read_verilog -sv -defer -Iinc a.sv\n"
        "read_verilog -sv -defer -Iinc b.sv\n"
        "synth_ecp5 -top sf_top -run begin:coarse\n"
        "setattr -mod -set keep_hierarchy 1 sf_core A:hdlname=sf_core\n"
        "setattr -mod -set keep_hierarchy 1 sf_dense A:hdlname=sf_dense\n"
        "synth_ecp5 -top sf_top -run coarse:\n"
        "tee -q -o stat.json stat -json\n"
        "tee -q -o instances.il dump t:*sf_*\n"
        "setattr -mod -unset keep_hierarchy *\n"
        "flatten\n"
        "opt_clean\n"
        "setattr -unset src =*\n"
        "setattr -mod -unset src =*\n"
        "write_json -noscopeinfo netlist.json\n"
    )


def test_ultrascale_synthesis() -> None:
    lines = dict(xilinx.synthesis_plan(SOURCES).files)["synth.ys"].splitlines()
    synthesise = "synth_xilinx -family xcu -top sf_top -flatten -noiopad -noclkbuf"
    assert lines[2] == f"{synthesise} -run begin:prepare"
    assert lines[5] == f"{synthesise} -run prepare:"
    assert "flatten" not in lines  # the blocks stay apart in the netlist


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

"""The check of scripts against the tables finds what a release has not, wherever it stands."""

from __future__ import annotations

import pytest

from speckleforge.errors import DesignError, FormatError
from speckleforge.synth.amd.check import TABLE, check_config, check_line, check_script
from speckleforge.synth.amd.table import commands_of
from speckleforge.synth.amd.tcl_syntax import calls
from speckleforge.synth.plan import Command
from speckleforge.tools.releases import release

AT = release("2023.2")


def problems(text: str, tool: str = "vivado") -> str:
    with pytest.raises(DesignError) as caught:
        check_script(text, tool, AT)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("route_desing", "no such command in this release\n    next: did you mean 'route_design'?"),
        ("route_design -directve Default", "did you mean '-directive'?"),
        ("if {1} { route_desing }", "route_desing"),
        ("if {1} { puts x } elseif {0} { puts y } else { route_desing }", "route_desing"),
        ("if {[route_desing] > 1} { puts x }", "route_desing"),
        ("if {$x && [string length [route_desing]]} { puts x }", "route_desing"),
        ("puts [route_desing]", "route_desing"),
        ('puts "x [route_desing] y"', "route_desing"),
        ("set x [puts [puts [route_desing]]]", "route_desing"),
        ("foreach a $b { route_desing }", "route_desing"),
        ("while {1} { route_desing }", "route_desing"),
        ("for {set i 0} {$i < 3} {incr i} { route_desing }", "route_desing"),
        ("catch { route_desing } message", "route_desing"),
        ("proc p {} { route_desing }", "route_desing"),
        ("set x 1; route_desing", "route_desing"),
        ("puts x\\\n y ; route_desing", "line 2"),
        ("expr {[route_desing] + 1}", "route_desing"),
        ("open_component x", "open_component"),
        ("exec rm -rf x", "exec"),
        ("dict set a b c", "dict"),
        ("$command x", "a command's name must be written out"),
        ("synth_design -mode in_context", "no such value"),
        ("synth_design -top", "an option without its value"),
        ("write_checkpoint -force", "wrong number of words"),
        ("write_checkpoint a b", "wrong number of words"),
        ("read_verilog -sv a.sv b.sv", "wrong number of words"),
    ],
)
def test_what_a_release_has_not_is_told(text: str, message: str) -> None:
    assert message in problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "# route_desing\nroute_design",
        "puts {route_desing}",
        "set x {[route_desing]}",
        "puts \\[route_desing\\]",
        "report_utilization -file $name -hierarchical",
        "write_checkpoint -force [file join a b.dcp]",
        "if {$x == -1} { puts [expr {$x - 1}] }",
        "proc own {a} { puts $a }\nown 3",
        "set_property A -3 [current_project]",
    ],
)
def test_what_a_release_has_passes(text: str) -> None:
    check_script(text, "vivado", AT)


def test_procedures_of_a_library_may_be_called_and_are_checked() -> None:
    check_script("own 3", "vivado", AT, ["proc own {a} { puts $a }"])
    with pytest.raises(DesignError, match="route_desing"):
        check_script("own 3", "vivado", AT, ["proc own {a} { route_desing }"])


def test_all_problems_come_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        check_script("route_desing\nplace_desing", "vivado", AT)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["puts {", 'puts "x', "puts [x", "puts ${x"])
def test_what_is_not_closed_is_told(text: str) -> None:
    with pytest.raises(FormatError, match="is not closed"):
        list(calls(text))


def test_options_come_and_go_with_releases() -> None:
    flagged = "open_solution -reset s -flow_target vivado"
    check_script(flagged, "vitis_hls", release("2020.2"))
    with pytest.raises(DesignError, match="-flow_target"):
        check_script(flagged, "vivado_hls", release("2020.1"))
    with pytest.raises(DesignError, match="open_component"):
        check_script("open_component x", "vitis-run", release("2024.2"))
    check_script("open_component x", "vitis-run", release("2025.1"))


@pytest.mark.parametrize(
    ("line", "at", "message"),
    [
        (Command("vitis_hls", ("-f", "x.tcl")), "2025.1", "no such command in this release"),
        (Command("vivado_hls", ("-f", "x.tcl")), "2020.2", "no such command in this release"),
        (Command("vitis-run", ("--mode", "hls", "--tcl", "x.tcl")), "2023.1", "no such command in this release"),
        (Command("vivado", ("-mode", "bach")), "2023.2", "no such value"),
        (Command("vivado", ("-batch",)), "2023.2", "no such option"),
    ],
)
def test_command_lines_are_checked(line: Command, at: str, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        check_line(line, release(at))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[hls]\nsyn.tpo=x\n", "did you mean 'syn.top'?"),
        ("syn.top=x\n", "below \\[hls\\]"),
        ("[hls]\npart=x\n", "before \\[hls\\]"),
        ("[hls]\nflow_target=vivid\n", "no such value"),
    ],
)
def test_configuration_files_are_checked(text: str, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        check_config(text)


def test_a_table_names_each_command_once_for_a_release() -> None:
    for tool in ("vivado", "vivado_hls", "vitis_hls", "vitis-run"):
        for at in ("2018.2", "2020.1", "2020.2", "2023.2", "2025.2"):
            listed = [
                item.name for item in TABLE if tool in item.tools and item.name in commands_of(TABLE, tool, release(at))
            ]
            assert len(listed) == len(set(listed))
            for item in commands_of(TABLE, tool, release(at)).values():
                assert len({option.name for option in item.options}) == len(item.options)

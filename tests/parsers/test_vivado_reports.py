"""Power, DRC, methodology, clocks, routes, control sets and bus skew, in the manner of several versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.bus_skew import parse_bus_skew
from speckleforge.parsers.clock_utilisation import parse_clock_utilisation
from speckleforge.parsers.control_sets import parse_control_sets
from speckleforge.parsers.power_report import PowerRow, parse_power_report
from speckleforge.parsers.route_status import parse_route_status
from speckleforge.parsers.rule_report import parse_rule_report
from tests.parsers.vivado_text import box, head, pairs, rows, section

SUMMARY = [
    *[("Total On-Chip Power (W)", "9.400"), ("Dynamic (W)", "7.150"), ("Device Static (W)", "2.250")],
    *[("Max Ambient (C)", "80.5"), ("Junction Temperature (C)", "44.5"), ("Confidence Level", "Medium")],
    *[("Simulation Activity File", "/somewhere/top.saif"), ("Design Nets Matched", "98% (980/1000)")],
]


def power(summary: list[tuple[str, str]] = SUMMARY) -> str:
    on_chip = rows(
        "Clocks|1.200|5|---|---", "CLB Logic|0.400|900|---|---", "  CARRY8|<0.001|9|100|9.00", "Total|9.400|||"
    )
    return (
        head("report_power", Design_State="routed", Process="maximum")
        + "Power Report\n\n"
        + section("1. Summary", pairs(summary))
        + section(
            "1.1 On-Chip Components", box(["On-Chip", "Power (W)", "Used", "Available", "Utilization (%)"], on_chip)
        )
        + section(
            "1.3 Confidence Level",
            box(["User Input Data", "Confidence", "Details", "Action"], rows("Clocks|High|all|")),
        )
        + section("2.1 Environment", pairs([("Ambient Temp (C)", "25.0"), ("Heat Sink", "none")]))
        + section("3.1 By Hierarchy", box(["Name", "Power (W)"], rows("top|7.150", "  core|6.000", "  link|<0.001")))
    )


def test_power_with_simulated_activity() -> None:
    found = parse_power_report(power())
    assert (found.total_on_chip_w, found.dynamic_w, found.static_w) == (9.4, 7.15, 2.25)
    assert (found.junction_temperature_c, found.max_ambient_c, found.ambient_c) == (44.5, 80.5, 25.0)
    assert (found.confidence, found.process, found.stage) == ("Medium", "maximum", "placed_and_routed")
    assert (found.activity, found.activity_file, found.nets_matched) == (
        *("simulation", "/somewhere/top.saif", "98% (980/1000)"),
    )
    assert found.components[0] == PowerRow("Clocks", 0, 1.2, None, 5, None)
    assert found.components[2] == PowerRow("CARRY8", 1, None, 0.001, 9, 100)
    assert found.hierarchy is not None
    assert [(row.name, row.depth, row.power_w) for row in found.hierarchy] == [
        *[("top", 0, 7.15), ("core", 1, 6.0), ("link", 1, None)],
    ]
    assert found.confidences[0].details == "all"


def test_power_that_is_too_much_for_the_device_is_a_number_all_the_same() -> None:
    assert parse_power_report(power()).junction_exceeded is False
    hot = [("Total On-Chip Power (W)", "112.442 (Junction temp exceeded!)"), *SUMMARY[1:]]
    hot[4] = ("Junction Temperature (C)", "125.0")
    found = parse_power_report(power(hot))
    assert (found.total_on_chip_w, found.dynamic_w, found.junction_temperature_c) == (112.442, 7.15, 125.0)
    assert found.junction_exceeded is True
    assert parse_power_report(power([("Total On-Chip Power (W)", "(unknown)"), *SUMMARY[1:]])).total_on_chip_w is None


def test_power_without_an_activity_file() -> None:
    lines = [(name, "---" if name.startswith(("Simulation", "Design Nets")) else text) for name, text in SUMMARY]
    assert parse_power_report(power(lines)).activity == "vectorless"
    assert parse_power_report(power(lines)).activity_file is None
    found = parse_power_report(power(SUMMARY[:3]))
    assert found.activity is found.confidence is found.junction_temperature_c is None


def rules(title: str, word: str, lines: list[list[str]], details: str) -> str:
    return (
        head(f"report_{title.split()[1].lower()}", Design_State="Fully Routed")
        + f"{title}\n\nTable of Contents\n-----------------\n1. REPORT SUMMARY\n2. REPORT DETAILS\n\n"
        + "1. REPORT SUMMARY\n-----------------\n           Ruledeck: default\n"
        + f"             {word} found: {len(lines)}\n"
        + box(["Rule", "Severity", "Description", word], lines)
        + "\n2. REPORT DETAILS\n-----------------\n"
        + details
    )


DETAILS = """NSTD-1#1 Critical Warning
Unspecified I/O Standard  
2 out of 3 logical ports use a default.
Problem ports: a, b.
Related violations: <none>

AVAL-155#12 Advisory
A DSP check  
inst/x: set A.
Related checks: <none>

"""  # noqa: W291


@pytest.mark.parametrize("word", ["Violations", "Checks"])  # before 2025.2, and from then on
@pytest.mark.parametrize(("title", "checks"), [("Report DRC", "drc"), ("Report Methodology", "methodology")])
def test_rules_of_both_reports(title: str, checks: str, word: str) -> None:
    lines = rows("NSTD-1|Critical Warning|Unspecified I/O Standard|1", "AVAL-155|Advisory|A DSP check|12")
    found = parse_rule_report(rules(title, word, lines, DETAILS))
    assert (found.checks, found.ruledeck, found.found, found.stage) == (checks, "default", 2, "placed_and_routed")
    assert [(rule.rule, rule.count) for rule in found.rules] == [("NSTD-1", 1), ("AVAL-155", 12)]
    assert (found.count("critical warning"), found.count("Error"), found.count("Advisory")) == (1, 0, 12)
    first, second = found.findings
    assert (first.rule, first.number, first.severity) == ("NSTD-1", 1, "Critical Warning")
    assert first.text.endswith("2 out of 3 logical ports use a default.\nProblem ports: a, b.")
    assert (second.number, second.text) == (12, "A DSP check\ninst/x: set A.")


def test_a_report_without_findings() -> None:
    found = parse_rule_report(rules("Report DRC", "Violations", [], ""))
    assert (found.found, found.rules, found.findings, found.count("Error")) == (0, (), (), 0)


CLOCK_COLUMNS = (
    "Global Id",
    "Driver Type/Pin",
    "Site",
    "Clock Loads",
    "Non-Clock Loads",
    "Clock Period",
    "Clock",
    "Net",
)


def clocks(*parts: str) -> str:
    primitives = box(["Type", "Used", "Available", "LOC"], rows("BUFGCE|3|288|0", "MMCM|1|12|0"))
    start = head("report_clock_utilization", Design_State="Routed") + "Clock Utilization Report\n\n"
    return start + section("1. Clock Primitive Utilization", primitives) + "".join(parts)


def test_clocks_and_regions() -> None:
    globals_ = section(
        "2. Global Clock Resources", box(CLOCK_COLUMNS, rows("g0|BUFGCE/O|BUFGCE_X0Y1|900|0|5.000|clk|clk_net"))
    )
    regions = "\n".join(
        [
            *("4. Clock Regions", "----------------", ""),
            *(
                "+-------------------+--------------+--------------+",
                "|                   | Global Clock |      FF      |",
            ),
            *(
                "+-------------------+------+-------+------+-------+",
                "| Clock Region Name | Used | Avail | Used | Avail |",
            ),
            *(
                "+-------------------+------+-------+------+-------+",
                "| X0Y0              |    1 |    24 |  700 |  2600 |",
            ),
            *("+-------------------+------+-------+------+-------+", ""),
        ]
    )
    found = parse_clock_utilisation(clocks(globals_, regions))
    assert [(entry.kind, entry.used, entry.available) for entry in found.primitives] == [
        ("BUFGCE", 3, 288),
        ("MMCM", 1, 12),
    ]
    assert found.clocks is not None
    (clock,) = found.clocks
    assert (clock.global_id, clock.clock, clock.period_ns, clock.clock_loads, clock.net) == (
        "g0",
        "clk",
        5.0,
        900,
        "clk_net",
    )
    assert found.regions is not None
    (region,) = found.regions
    assert (region.region, region.used, region.available) == (
        *("X0Y0", {"Global Clock": 1, "FF": 700}, {"Global Clock": 24, "FF": 2600}),
    )
    assert parse_clock_utilisation(clocks()).clocks is parse_clock_utilisation(clocks()).regions is None


ROUTES = """Design Route Status
                                               :      # nets :
   ------------------------------------------- : ----------- :
   # of logical nets.......................... :         100 :
       # of nets not needing routing.......... :          20 :
       # of routable nets..................... :          80 :
           # of unrouted nets................. :           1 :
           # of fully routed nets............. :          79 :
       # of nets with routing errors.......... :           0 :
   ------------------------------------------- : ----------- :
"""


def test_route_status() -> None:
    found = parse_route_status(ROUTES)
    assert (found.logical_nets, found.routable_nets, found.fully_routed_nets, found.unrouted_nets) == (100, 80, 79, 1)
    assert (found.routed, found.stage) == (False, None)
    done = parse_route_status(ROUTES.replace(":          79 :", ":          80 :"))
    assert (done.routed, done.stage) == (True, "placed_and_routed")
    assert (
        parse_route_status(ROUTES.replace(":           0 :", ":           2 :").replace(" 79 ", " 80 ")).routed is False
    )
    cut = parse_route_status(ROUTES[: ROUTES.index("79 :") + 1])
    assert (cut.fully_routed_nets, cut.routed, cut.stage) == (None, None, None)


@pytest.mark.parametrize("total", ["Total control sets", "Number of unique control sets"])
def test_control_sets_of_two_versions(total: str) -> None:
    summary = rows(f"{total}|27", "Unused register locations in slices containing registers|96")
    flops = ["Clock Enable", "Synchronous Set/Reset", "Asynchronous Set/Reset", "Total Registers", "Total Slices"]
    text = (
        head("report_control_sets")
        + "Control Set Information\n\n"
        + section("1. Summary", box(["Status", "Count"], summary))
        + section("2. Histogram", box(["Fanout", "Count"], rows(f"{total}|27", ">= 0 to < 4|20", ">= 16|7")))
        + section("3. Flip-Flop Distribution", box(flops, rows("No|No|Yes|111|37")))
    )
    found = parse_control_sets(text)
    assert (found.control_sets, found.unused_registers, found.listed, found.stage) == (27, 96, None, None)
    assert [(entry.fanout, entry.count) for entry in found.histogram] == [(">= 0 to < 4", 20), (">= 16", 7)]
    (flip,) = found.flip_flops
    assert (flip.clock_enable, flip.asynchronous, flip.registers, flip.slices) == (False, True, 111, 37)


SKEW = """Bus Skew Report

Table of Contents
-----------------
1. Bus Skew Report Summary
2. Bus Skew Report Per Constraint

1. Bus Skew Report Summary
--------------------------

Id  Position  From                            To                              Corner  Requirement(ns)  Actual(ns)  Slack(ns)
--  --------  ------------------------------  ------------------------------  ------  ---------------  ----------  ---------
1   61        [get_cells {a/gray_reg[*]}]
                                              [get_cells {b/sync_reg[*]}]
                                                                              Slow              4.000       0.550      3.450
2   62        [get_cells c]                   [get_cells d]                   Fast              2.000         inf        inf


2. Bus Skew Report Per Constraint
---------------------------------

Id: 1
"""  # noqa: E501


def test_bus_skew() -> None:
    found = parse_bus_skew(head("report_bus_skew", Design_State="Routed") + SKEW)
    first, second = found.constraints
    assert (first.id, first.start, first.end) == (1, "[get_cells {a/gray_reg[*]}]", "[get_cells {b/sync_reg[*]}]")
    assert (first.corner, first.requirement_ns, first.actual_ns, first.slack_ns) == ("Slow", 4.0, 0.55, 3.45)
    assert (second.id, second.start, second.slack_ns) == (2, "[get_cells c]", None)
    assert (found.worst_slack_ns, found.stage) == (3.45, "placed_and_routed")
    for end in (SKEW.index("Fast"), SKEW.index("3.450") + 3, SKEW.index("2. Bus Skew Report Per Constraint\n-")):
        with pytest.raises(FormatError, match="cut"):
            parse_bus_skew(head() + SKEW[:end])
    with pytest.raises(FormatError, match="not complete"):
        parse_bus_skew(head() + SKEW.replace("Slow              4.000", "Slow"))


PARSERS: list[Callable[[str], Any]] = [
    *[
        parse_power_report,
        parse_rule_report,
        parse_clock_utilisation,
        parse_route_status,
        parse_control_sets,
        parse_bus_skew,
    ],
]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("text", ["", "hello\n", head(), head() + "Timing Summary Report\n"])
def test_other_files_are_no_report(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(FormatError):
        parse(text)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_power_report, power()[:-60]),
        (parse_power_report, power()[:900]),
        (parse_clock_utilisation, clocks()[:-20]),
        (parse_rule_report, rules("Report DRC", "Checks", rows("A-1|Error|x|1"), "")[:-60]),
    ],
)
def test_cut_files_are_no_report(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(FormatError):
        parse(text)

"""Timing reports in the manner of several versions."""

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.timing_paths import parse_timing_paths
from speckleforge.parsers.timing_summary import ClockSlacks, Slacks, parse_timing_summary
from tests.parsers.vivado_text import banner, head, rows, ruled

SETUP = ("WNS(ns)", "TNS(ns)", "TNS Failing Endpoints", "TNS Total Endpoints")
HOLD = ("WHS(ns)", "THS(ns)", "THS Failing Endpoints", "THS Total Endpoints")
PULSE = ("WPWS(ns)", "TPWS(ns)", "TPWS Failing Endpoints", "TPWS Total Endpoints")

CHECKS_2019 = """check_timing report

Table of Contents
-----------------
1. checking no_clock
2. checking no_input_delay

1. checking no_clock
--------------------
 There are 3 register/latch pins with no clock driven by root clock pin: a (HIGH)

 There is 1 register/latch pin with no clock driven by root clock pin: b (HIGH)


2. checking no_input_delay
--------------------------
 There are 0 input ports with no input delay specified.

"""
CHECKS_2021 = """check_timing report

1. checking no_clock (4)
2. checking no_input_delay (0)

1. checking no_clock (4)
------------------------
 There are 4 register/latch pins with no clock.

"""
CLOCKS = """Clock     Waveform(ns)         Period(ns)      Frequency(MHz)
-----     ------------         ----------      --------------
ref       {0.000 2.000}        4.000           250.000         
  user    {0.000 2.500}        5.000           200.000         
    fb    {0.000 1.250 2.500}  5.000           200.000         

"""  # noqa: W291
PATH = """Slack (VIOLATED) :        -0.500ns  (required time - arrival time)
  Source:                 a/q_reg[3]/C
                            (rising edge-triggered cell FDRE clocked by user  {rise@0.000ns period=5.000ns})
  Destination:            b/m_reg/DSP_A_B_DATA_INST/A[0]
                            (rising edge-triggered cell DSP_A_B_DATA clocked by user  {rise@0.000ns period=5.000ns})
  Path Group:             user
  Path Type:              Setup (Max at Slow Process Corner)
  Requirement:            5.000ns  (user rise@5.000ns - user rise@0.000ns)
  Data Path Delay:        5.125ns  (logic 3.125ns (60.976%)  route 2.000ns (39.024%))
  Logic Levels:           12  (CARRY8=2 LUT6=10)
  Clock Path Skew:        -0.250ns (DCD - SCD + CPR)
    Destination Clock Delay (DCD):    2.000ns = ( 7.000 - 5.000 ) 
    Source Clock Delay      (SCD):    2.250ns
  Clock Uncertainty:      0.125ns  ((TSJ^2 + TIJ^2)^1/2 + DJ) / 2 + PE
  Timing Exception:       MultiCycle Path   Setup -end   2 

    Location             Delay type                Incr(ns)  Path(ns)    Netlist Resource(s)
  -------------------------------------------------------------------    -------------------
                         net (fo=3, routed)           1.250     2.500    a/q
                         net (fo=1, unset)            0.750     5.000    b/x
  -------------------------------------------------------------------
                         slack                                 -0.500    

Slack:                    inf
  Source:                 in
                            (input port)
  Destination:            c/q_reg/D
  Path Group:             (none)
  Path Type:              Min at Fast Process Corner
  Data Path Delay:        0.100ns  (logic 0.100ns (100.000%)  route 0.000ns (0.000%))
  Logic Levels:           0  

"""  # noqa: W291


SUMMARY = rows("-0.500|-1.250|3|900|0.010|0.000|0|900|0.100|0.000|0|70")


def report(
    summary: str = ruled([], [*SETUP, *HOLD, *PULSE], SUMMARY),
    verdict: str = "Timing constraints are not met.",
    checks: str = CHECKS_2021,
    paths: str = PATH,
    **fields: str,
) -> str:
    intra = [
        ["ref", *[""] * 8, "0.100", "0.000", "0", "2"],
        ["  user", "-0.500", "-1.250", "3", "800", "0.010", "0.000", "0", "800", "1.000", "0.000", "0", "60"],
        ["    fb", *[""] * 8, "2.000", "0.000", "0", "3"],
    ]
    inter = [["ref", "user", "0.750", "0.000", "0", "90", "0.050", "0.000", "0", "90"]]
    other = [["**async_default**", "user", "user", "1.500", "0.000", "0", "10", "0.300", "0.000", "0", "10"]]
    return "".join(
        [
            *(head("report_timing_summary", "xcku115-flvb2104", Speed_File="-2  PRODUCTION 1.26", **fields)),
            *("Timing Summary Report\n\n", checks, banner("Design Timing Summary"), summary, "\n", verdict, "\n\n\n"),
            *(banner("Clock Summary"), CLOCKS, banner("Intra Clock Table")),
            *(ruled(["Clock"], [*SETUP, *HOLD, *PULSE], intra), banner("Inter Clock Table")),
            *(ruled(["From Clock", "To Clock"], [*SETUP, *HOLD], inter), banner("Other Path Groups Table")),
            *(ruled(["Path Group", "From Clock", "To Clock"], [*SETUP, *HOLD], other), banner("Timing Details"), paths),
        ]
    )


def test_slacks_clocks_and_groups() -> None:
    found = parse_timing_summary(report())
    assert found.verdict == "not_met"
    assert found.design == Slacks(-0.5, -1.25, 3, 900, 0.01, 0.0, 0, 900, 0.1, 0.0, 0, 70)
    assert found.clocks is not None
    assert [(c.name, c.depth, c.period_ns, c.frequency_mhz, c.fmax_mhz) for c in found.clocks] == [
        ("ref", 0, 4.0, 250.0, None),
        ("user", 1, 5.0, 200.0, pytest.approx(1000 / 5.5)),
        ("fb", 2, 5.0, 200.0, None),
    ]
    assert found.clocks[2].waveform_ns == (0.0, 1.25, 2.5)
    assert found.intra_clock is not None
    nothing = [None] * 8
    assert found.intra_clock[0] == ClockSlacks("ref", "ref", None, Slacks(*nothing, 0.1, 0.0, 0, 2))  # type: ignore[arg-type]
    assert found.inter_clock is not None
    (between,) = found.inter_clock
    assert (between.from_clock, between.to_clock, between.path_group) == ("ref", "user", None)
    assert (between.slacks.wns_ns, between.slacks.ths_total_endpoints, between.slacks.wpws_ns) == (0.75, 90, None)
    assert found.other_groups is not None
    (group,) = found.other_groups
    assert (group.path_group, group.from_clock, group.to_clock) == ("**async_default**", "user", "user")


def test_paths() -> None:
    worst, free = parse_timing_summary(report()).paths
    assert (worst.slack_ns, worst.met, worst.source, worst.destination) == (
        *(-0.5, False),
        *("a/q_reg[3]/C", "b/m_reg/DSP_A_B_DATA_INST/A[0]"),
    )
    assert (worst.path_group, worst.kind, worst.delay_type) == ("user", "Setup (Max at Slow Process Corner)", "max")
    assert (worst.requirement_ns, worst.data_path_delay_ns, worst.logic_ns, worst.route_ns) == (5.0, 5.125, 3.125, 2.0)
    assert (worst.logic_levels, worst.clock_skew_ns, worst.clock_uncertainty_ns) == (12, -0.25, 0.125)
    assert worst.exception == "MultiCycle Path   Setup -end   2"
    assert (free.slack_ns, free.met, free.requirement_ns, free.delay_type, free.logic_levels) == (
        None,
        None,
        None,
        "min",
        0,
    )


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        ("All user specified timing constraints are met.", "met"),
        ("Timing constraints are not met.", "not_met"),
        ("There are no user specified timing constraints.", "no_constraints"),
        ("", None),
    ],
)
def test_verdicts(verdict: str, word: str | None) -> None:
    assert parse_timing_summary(report(verdict=verdict)).verdict == word


def test_without_constraints_nothing_is_a_number() -> None:
    text = report(
        ruled([], [*SETUP, *HOLD, *PULSE], [["NA"] * 12]), "There are no user specified timing constraints.", paths=""
    )
    found = parse_timing_summary(text)
    assert set(vars(found.design).values()) == {None}
    assert found.stage is None


@pytest.mark.parametrize("checks", [CHECKS_2019, CHECKS_2021])
def test_checks_of_two_versions(checks: str) -> None:
    assert parse_timing_summary(report(checks=checks)).checks == {"no_clock": 4, "no_input_delay": 0}


def test_stage_from_the_head_or_from_the_nets() -> None:
    assert parse_timing_summary(report(Design_State="Synthesized")).stage == "synthesised"
    for state, stage in {"routed": "placed_and_routed", "estimated": "placed", "unplaced": "synthesised"}.items():
        assert parse_timing_summary(report(paths=PATH.replace("unset", state))).stage == stage


def test_a_report_cut_anywhere_is_an_error_or_says_less() -> None:
    whole = report()
    full = parse_timing_summary(whole)
    for end in range(0, len(whole), 7):
        try:
            found = parse_timing_summary(whole[:end])
        except FormatError:
            continue
        assert found.design == full.design
        for name in ("clocks", "intra_clock", "inter_clock", "other_groups", "paths"):
            part, all_of_it = getattr(found, name), getattr(full, name)
            if name == "clocks":  # fmax comes with a later table
                part, all_of_it = ([(c.name, c.period_ns) for c in clocks or ()] for clocks in (part, all_of_it))
            if name == "paths":
                part, all_of_it = ([(p.slack_ns, p.source) for p in paths if p.source] for paths in (part, all_of_it))
            assert list(part or ()) == list(all_of_it or ())[: len(part or ())]


def test_report_timing() -> None:
    text = head("report_timing") + "Timing Report\n\n" + PATH
    found = parse_timing_paths(text)
    assert (len(found.paths), found.stage, found.tool) == (2, "placed_and_routed", "Vivado")
    for other in (head() + "Timing Report\n\n", report(), ""):
        with pytest.raises(FormatError):
            parse_timing_paths(other)


@pytest.mark.parametrize("text", ["", head(), head() + "Timing Summary Report\n", head() + "Power Report\n"])
def test_other_files_are_no_summary(text: str) -> None:
    with pytest.raises(FormatError):
        parse_timing_summary(text)

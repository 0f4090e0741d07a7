"""Reports and logs in the form of real tools, written for these tests; or real ones of other designs, renamed.

`@TOP@` stands for the top, which a fake tool puts in when it runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.parsers.test_cosim import COSIM
from tests.parsers.test_hls_xml import xml
from tests.parsers.test_timing import HOLD, PULSE, SETUP
from tests.parsers.test_vivado_reports import ROUTES, SUMMARY, power, rules
from tests.parsers.vivado_text import banner, box, head, rows, ruled, section

REPOSITORY = Path(__file__).parents[3]
SHARED = Path(os.environ.get("SPECKLEFORGE_SHARED", REPOSITORY.parent / "shared")) / "vendor_reports"
PART, OTHER_PART = "xcku115-flvb2104-2-e", "xcku115-flva1517-2-e"
TABLE = ("Site Type", "Used", "Fixed", "Prohibited", "Available", "Util%")
STATES = {"synth": "Synthesized", "routed": "Fully Routed"}
# Reports that must be there, of which nothing but the head is read.
OTHERS = {"utilization_hierarchical_synth": "Synthesized"} | dict.fromkeys(
    (
        *("utilization_hierarchical_routed", "clock_utilization_routed", "control_sets_routed", "bus_skew_routed"),
        "design_analysis_routed",
    ),
    "Fully Routed",
)
ROUTED = ROUTES.replace(":           1 :", ":           0 :").replace(":          79 :", ":          80 :")
CONTENTS = "Table of Contents\n-----------------\n"
RULES = rows("NSTD-1|Critical Warning|Unspecified I/O Standard|1", "AVAL-155|Advisory|A DSP check|12")
SLOWEST = """Slack ({met}) :        {wns}ns  (required time - arrival time)
  Source:                 u_conv2d_1/sum_reg[3]/C
                            (rising edge-triggered cell FDRE clocked by clk  {{rise@0.000ns period={period}ns}})
  Destination:            u_dense_1/product/DSP_A_B_DATA_INST/A[0]
                            (rising edge-triggered cell DSP_A_B_DATA clocked by clk  {{rise@0.000ns period={period}ns}})
  Path Group:             clk
  Path Type:              Setup (Max at Slow Process Corner)
  Requirement:            {period}ns  (clk rise@{period}ns - clk rise@0.000ns)
  Data Path Delay:        3.125ns  (logic 1.125ns (36.000%)  route 2.000ns (64.000%))
  Logic Levels:           12  (CARRY8=2 LUT6=10)

"""


@dataclass(frozen=True)
class Figures:
    """What the reports say; `hold_ns` is the worst hold slack."""

    part: str = PART
    clock_khz: int = 200_000
    fmax_mhz: float = 250.0
    hold_ns: float = 0.02
    lut: int = 12000
    interval: int = 1900
    latency: int = 2100

    @property
    def period(self) -> str:
        """Of the clock, in ns."""
        return f"{1e6 / self.clock_khz:.3f}"

    @property
    def wns(self) -> float:
        """Worst setup slack, in ns."""
        return round(1e6 / self.clock_khz - 1e3 / self.fmax_mhz, 3)


def reports(figures: Figures) -> dict[str, str]:
    """Every report that is read, by the name of its file without the top."""
    found = {f"utilization_{name}.rpt": _utilisation(figures, state) for name, state in STATES.items()}
    found |= {f"timing_summary_{name}.rpt": _timing(figures, state) for name, state in STATES.items()}
    found |= {
        "power_routed.rpt": power(
            [(name, "---" if name.startswith(("Sim", "Des")) else text) for name, text in SUMMARY]
        ),
        "drc_routed.rpt": rules("Report DRC", "Violations", RULES, _DETAILS),
        "methodology_routed.rpt": rules("Report Methodology", "Violations", [], ""),
    }
    found |= {f"{name}.rpt": head(f"report_{name}", Design_State=state) + "Tables\n" for name, state in OTHERS.items()}
    found = {name: _ours(text, figures.part) for name, text in found.items()}
    return found | {"route_status.rpt": ROUTED, "csynth.xml": _hls(figures), "cosim.rpt": _cosim(figures)}


def _ours(text: str, part: str) -> str:
    """The part and the top in a head of the generators."""
    return text.replace("xcku115-flvb2104-2-e", part).replace(": top\n", ": @TOP@\n").replace("top.saif", "@TOP@.saif")


def _utilisation(figures: Figures, state: str) -> str:
    logic = rows(f"CLB LUTs|{figures.lut}|0|0|663360|1.81", "  LUT as Memory|400|0|0|293760|0.14")
    logic += rows("CLB Registers|14000|0|0|1326720|1.06", "  Register as Flip Flop|14000|0|0|1326720|1.06")
    return (
        head("report_utilization", Speed_File="-2", Design_State=state)
        + f"Utilization Design Information\n\n{CONTENTS}1. CLB Logic\n2. BLOCKRAM\n3. ARITHMETIC\n\n"
        + section("1. CLB Logic", box(TABLE, logic))
        + section("2. BLOCKRAM", box(TABLE, rows("Block RAM Tile|10.5|0|0|2160|0.49")))
        + section("3. ARITHMETIC", box(TABLE, rows("DSPs|64|0|0|5520|1.16")))
    )


def _timing(figures: Figures, state: str) -> str:
    """Met, or not by setup or hold; one clock."""
    met = figures.wns >= 0 and figures.hold_ns >= 0
    verdict = "All user specified timing constraints are met." if met else "Timing constraints are not met."
    slacks = [f"{figures.wns:.3f}", f"{min(figures.wns, 0):.3f}", str(int(figures.wns < 0)), "900"]
    slacks += [f"{figures.hold_ns:.3f}", f"{min(figures.hold_ns, 0):.3f}", str(int(figures.hold_ns < 0)), "900"]
    slacks += ["1.100", "0.000", "0", "70"]
    mhz = f"{figures.clock_khz / 1e3:.3f}"
    clocks = f"Clock  Waveform(ns)       Period(ns)      Frequency(MHz)\n-----  ------------       ----------      --------------\nclk    {{0.000 2.500}}      {figures.period}           {mhz}         \n\n"  # noqa: E501
    names = [*SETUP, *HOLD, *PULSE]
    path = SLOWEST.format(met="MET" if met else "VIOLATED", wns=f"{figures.wns:.3f}", period=figures.period)
    return "".join(
        [
            *(head("report_timing_summary", "xcku115-flvb2104", Speed_File="-2  PRODUCTION 1.26", Design_State=state)),
            *("Timing Summary Report\n\n", banner("Design Timing Summary"), ruled([], names, [slacks])),
            *(f"\n{verdict}\n\n\n", banner("Clock Summary"), clocks, banner("Intra Clock Table")),
            *(ruled(["Clock"], names, [["clk", *slacks]]), banner("Inter Clock Table")),
            *(ruled(["From Clock", "To Clock"], [*SETUP, *HOLD], []), banner("Other Path Groups Table")),
            *(ruled(["Path Group", "From Clock", "To Clock"], [*SETUP, *HOLD], []), banner("Timing Details"), path),
        ]
    )


def _hls(figures: Figures) -> str:
    words = {
        "xcu250-figd2104-2L-e": figures.part,
        "<TopModelName>top<": "<TopModelName>@TOP@<",
        "<TargetClockPeriod>5.00<": f"<TargetClockPeriod>{float(figures.period):.2f}<",
        "<Worst-caseLatency>undef": f"<Worst-caseLatency>{figures.latency}",
        "<Interval-max>?": f"<Interval-max>{figures.interval}",
    }
    text = xml()
    for before, after in words.items():
        assert before in text
        text = text.replace(before, after, 1)
    return text


def _cosim(figures: Figures) -> str:
    most = {
        "       262|        64": f"{figures.latency - 3:10d}|        64",
        "        66|": f"{figures.interval - 5:10d}|",
    }
    text = COSIM
    for before, after in most.items():
        assert before in text
        text = text.replace(before, after)
    return text


_DETAILS = """NSTD-1#1 Critical Warning
Unspecified I/O Standard
2 out of 3 logical ports use a default.
Related violations: <none>

"""

VIVADO_LOG = """source vivado.tcl -notrace
Command: synth_design -top @TOP@ -mode out_of_context
Attempting to get a license for feature 'Synthesis' and/or device 'xcku115'
INFO: [Common 17-349] Got license for feature 'Synthesis' and/or device 'xcku115'
INFO: [Synth 8-6157] synthesizing module 'sf_core'
WARNING: [Synth 8-7071] port 'x' of module 'sf_fifo' is unconnected
synth_design completed successfully
synth_design: Time (s): cpu = 00:00:19 ; elapsed = 00:01:17 . Memory (MB): peak = 2266.418 ; gain = 936.266
route_design completed successfully
"""
HLS_LOG = """INFO: [HLS 200-10] Running 'vitis_hls'
INFO: [SYN 201-201] Setting up clock 'default' with a period of 5ns.
INFO: [HLS 200-10] Analyzing design file 'hls/sf_network.cpp' ...
WARNING: [HLS 200-40] comparison is always false
INFO: [HLS 200-112] Total elapsed time: 61.45 seconds; peak allocated memory: 385.113 MB.
"""
COMPONENT = """<?xml version="1.0" encoding="UTF-8"?>
<spirit:component xmlns:spirit="http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009">
  <spirit:vendor>speckleforge</spirit:vendor>
  <spirit:library>hls</spirit:library>
  <spirit:name>@TOP@</spirit:name>
  <spirit:version>1.0</spirit:version>
  <spirit:description>@DESCRIPTION@</spirit:description>
</spirit:component>
"""
LOGS = {"vivado.log": VIVADO_LOG, "hls.log": HLS_LOG}

# Real reports and logs of other designs, where they are at hand; what is replaced in them to make them ours.
_TPU, _KU115 = "xc7a100t_vivado2023.2_tpucores", "ku115_vivadohls2018.2_hls4ml"
REAL: Mapping[str, str] = {
    "utilization_synth.rpt": f"{_TPU}/system_wrapper_utilization_synth.rpt",
    "utilization_routed.rpt": f"{_TPU}/utilization.rpt",
    "timing_summary_synth.rpt": f"{_TPU}/system_wrapper_timing_summary_routed.rpt",
    "timing_summary_routed.rpt": f"{_TPU}/system_wrapper_timing_summary_routed.rpt",
    "power_routed.rpt": f"{_TPU}/power.rpt",
    "drc_routed.rpt": f"{_TPU}/system_wrapper_drc_routed.rpt",
    "methodology_routed.rpt": f"{_TPU}/system_wrapper_methodology_drc_routed.rpt",
    "utilization_hierarchical_synth.rpt": f"{_TPU}/utilization_hier.rpt",
    "utilization_hierarchical_routed.rpt": f"{_TPU}/utilization_hier.rpt",
    "clock_utilization_routed.rpt": f"{_TPU}/system_wrapper_clock_utilization_routed.rpt",
    "control_sets_routed.rpt": f"{_TPU}/system_wrapper_control_sets_placed.rpt",
    "bus_skew_routed.rpt": f"{_TPU}/system_wrapper_bus_skew_routed.rpt",
    "design_analysis_routed.rpt": f"{_TPU}/utilization_hier.rpt",
    "route_status.rpt": f"{_TPU}/system_wrapper_route_status.rpt",
    "csynth.xml": f"{_KU115}/myproject_csynth.xml",
}
REAL_LOGS: Mapping[str, str] = {"vivado.log": f"{_TPU}/impl_runme.log", "hls.log": f"{_KU115}/vivado_hls.log"}
FAILED_LOG = f"{_KU115}/solution1.log"
_RENAMED = {
    ": system_wrapper\n": ": @TOP@\n",
    ": xc7a100tcsg324-1\n": f": {PART}\n",
    ": xc7a100t\n": ": xcku115\n",
    ": 7a100t-csg324\n": ": xcku115-flvb2104\n",
    "| Speed File   : -1": "| Speed File   : -2",
    ">xcku115-flva1517-2-e<": f">{PART}<",
    "<TopModelName>myproject<": "<TopModelName>@TOP@<",
}


def real_reports(*, renamed: bool) -> dict[str, str]:
    """Real reports; with the part and top of ours, or as they are."""
    found = {name: real(path) for name, path in REAL.items()}
    return {name: _renamed(text) for name, text in found.items()} if renamed else found


def real_logs() -> dict[str, str]:
    """Real logs: Vivado's has a critical warning."""
    return {name: real(path) for name, path in REAL_LOGS.items()}


def real(path: str) -> str:
    """A real file."""
    return (SHARED / path).read_text(encoding="utf-8", errors="replace")


def _renamed(text: str) -> str:
    for before, after in _RENAMED.items():
        text = text.replace(before, after)
    return text

"""HLS reports in the manner of several versions: module reports, XML, synthesis summaries, co-simulation."""

# ruff: noqa: W291 (the tools write blanks at the ends of lines)

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.cosim_report import parse_cosim_report
from speckleforge.parsers.hls_records import UNKNOWN, HlsResource, Range, read_range
from speckleforge.parsers.hls_report import parse_hls_report
from speckleforge.parsers.hls_summary import parse_hls_summary
from speckleforge.parsers.hls_text import nanoseconds
from speckleforge.parsers.hls_xml import parse_hls_xml

RULE = "=" * 64


def heading(text: str) -> str:
    return f"{RULE}\n== {text}\n{RULE}\n"


# 2016.4: the clock in ns without a unit, no URAM; a loop whose turns depend on data; two regions.
VIVADO_HLS = (
    "\n\n"
    + heading("Vivado HLS Report for 'top'")
    + """* Date:           Mon Jan  2 10:00:00 2017

* Version:        2016.4 (Build 1756540 on Mon Jan 23 19:31:01 MST 2017)
* Project:        prj
* Solution:       solution1
* Product family: kintexu
* Target device:  xcku115-flvb2104-2-e


"""
    + heading("Performance Estimates")
    + """+ Timing (ns): 
    * Summary: 
    +--------+-------+----------+------------+
    |  Clock | Target| Estimated| Uncertainty|
    +--------+-------+----------+------------+
    |ap_clk  |   5.00|      4.31|        0.62|
    +--------+-------+----------+------------+

+ Latency (clock cycles): 
    * Summary: 
    +-----+-----+-----+-----+----------+
    |  Latency  |  Interval | Pipeline |
    | min | max | min | max |   Type   |
    +-----+-----+-----+-----+----------+
    |    3|    ?|    4|    ?|   none   |
    +-----+-----+-----+-----+----------+

    + Detail: 
        * Instance: 
        +----------+--------+-----+-----+-----+-----+----------+
        |          |        |  Latency  |  Interval | Pipeline |
        | Instance | Module | min | max | min | max |   Type   |
        +----------+--------+-----+-----+-----+-----+----------+
        |grp_a     |a       |   14|   15|    1|    1| function |
        +----------+--------+-----+-----+-----+-----+----------+

        * Loop: 
        +--------------+-----+-----+----------+-----------+-----------+---------+----------+
        |              |  Latency  | Iteration|  Initiation Interval  |   Trip  |          |
        |   Loop Name  | min | max |  Latency |  achieved |   target  |  Count  | Pipelined|
        +--------------+-----+-----+----------+-----------+-----------+---------+----------+
        |- Loop 1      |    ?|    ?|   20 ~ 40|          -|          -|        ?|    no    |
        | + Loop 1.1   |   18|   18|         3|          2|          1|        8|    yes   |
        |  ++ Loop 1.1.1|   4|    4|         1|          -|          -|    1 ~ 4|    no    |
        |- Loop 2      |    6|    6|         1|          1|          1|        6|    yes   |
        +--------------+-----+-----+----------+-----------+-----------+---------+----------+



"""
    + heading("Utilization Estimates")
    + """* Summary: 
+---------------------+---------+-------+---------+--------+
|         Name        | BRAM_18K| DSP48E|    FF   |   LUT  |
+---------------------+---------+-------+---------+--------+
|DSP                  |        -|      -|        -|       -|
|Instance             |       18|     32|      430|     217|
+---------------------+---------+-------+---------+--------+
|Total                |       18|     32|      438|     226|
+---------------------+---------+-------+---------+--------+
|Available SLR        |     2160|   2760|   663360|  331680|
+---------------------+---------+-------+---------+--------+
|Utilization SLR (%)  |    ~0   |      1|    ~0   |    ~0  |
+---------------------+---------+-------+---------+--------+
|Available            |     4320|   5520|  1326720|  663360|
+---------------------+---------+-------+---------+--------+
|Utilization (%)      |    ~0   |    ~0 |    ~0   |    ~0  |
+---------------------+---------+-------+---------+--------+

+ Detail: 
    * Instance: 
    +----------+--------+---------+-------+-----+-----+
    | Instance | Module | BRAM_18K| DSP48E|  FF | LUT |
    +----------+--------+---------+-------+-----+-----+
    |grp_a     |a       |       18|     32|  400|  200|
    |mul_U1    |mul     |        0|      0|   30|   17|
    +----------+--------+---------+-------+-----+-----+
    |Total     |        |       18|     32|  430|  217|
    +----------+--------+---------+-------+-----+-----+

    * DSP48: 
    N/A


"""
    + heading("Interface")
    + """* Summary: 
+-----------+-----+-----+------------+--------------+--------------+
| RTL Ports | Dir | Bits|  Protocol  | Source Object|    C Type    |
+-----------+-----+-----+------------+--------------+--------------+
|ap_clk     |  in |    1| ap_ctrl_hs |      top     | return value |
|x_TDATA    |  in |   16|    axis    |       x      |    pointer   |
+-----------+-----+-----+------------+--------------+--------------+

"""
)


def test_a_module_report_of_vivado_hls() -> None:
    found = parse_hls_report(VIVADO_HLS)
    assert (found.tool, found.version, found.stage) == ("Vivado HLS", "2016.4", "csynthesised")
    assert (found.top, found.part, found.family, found.flow_target) == ("top", "xcku115-flvb2104-2-e", "kintexu", None)
    assert (found.clock_name, found.clock_target_ns, found.clock_estimated_ns, found.clock_uncertainty_ns) == (
        *("ap_clk", 5.0, 4.31, 0.62),
    )
    assert (found.latency_cycles, found.interval_cycles, found.pipeline) == (Range(3, None), Range(4, None), "none")
    assert found.latency_average_cycles is None
    assert found.resources == {
        "bram_18k": HlsResource(18, 4320, 2160),
        "dsp": HlsResource(32, 5520, 2760),
        "ff": HlsResource(438, 1326720, 663360),
        "lut": HlsResource(226, 663360, 331680),
    }
    assert [(port.name, port.direction, port.bits, port.protocol) for port in found.ports] == [
        *[("ap_clk", "in", 1, "ap_ctrl_hs"), ("x_TDATA", "in", 16, "axis")],
    ]


def test_loops_and_instances_of_a_module_report() -> None:
    found = parse_hls_report(VIVADO_HLS)
    first, second = found.loops
    assert (first.name, first.trip_count, first.iteration_latency_cycles, first.pipelined) == (
        *("Loop 1", UNKNOWN, Range(20, 40), False),
    )
    (inner,) = first.loops
    assert (inner.ii_achieved, inner.ii_target, inner.trip_count, inner.pipelined) == (2, 1, Range(8, 8), True)
    assert [(loop.name, loop.trip_count) for loop in inner.loops] == [("Loop 1.1.1", Range(1, 4))]
    assert (second.name, second.loops) == ("Loop 2", ())
    timed, sized = found.instances
    assert (timed.instance, timed.module, timed.latency_cycles, timed.pipeline) == (
        "grp_a",
        "a",
        Range(14, 15),
        "function",
    )
    assert timed.resources == {"bram_18k": 18, "dsp": 32, "ff": 400, "lut": 200}
    assert (sized.instance, sized.latency_cycles, sized.resources["lut"]) == ("mul_U1", UNKNOWN, 17)


VITIS_HLS = (
    heading("Vitis HLS Report for 'top'")
    + """* Version:        2025.1 (Build 6135595 on May 21 2025)
* Solution:       hls (Vitis Kernel Flow Target)
* Product family: versalaicore
* Target device:  xcvc1902-vsva2197-2MP-e-S

"""
    + heading("Performance Estimates")
    + """+ Timing: 
    * Summary: 
    +--------+----------+----------+------------+
    |  Clock |  Target  | Estimated| Uncertainty|
    +--------+----------+----------+------------+
    |ap_clk  |  10.00 ns|  1.250 us|     2.70 ns|
    +--------+----------+----------+------------+

+ Latency: 
    * Summary: 
    +---------+---------+----------+----------+-----+-----+---------+
    |  Latency (cycles) |  Latency (absolute) |  Interval | Pipeline|
    |   min   |   max   |    min   |    max   | min | max |   Type  |
    +---------+---------+----------+----------+-----+-----+---------+
    |        4|        6|  20.0 ns |  30.0 ns |    1|    2|      yes|
    +---------+---------+----------+----------+-----+-----+---------+

"""
    + heading("Utilization Estimates")
    + """* Summary: 
+-----------------+---------+-----+--------+-------+-----+
|       Name      | BRAM_18K| DSP |   FF   |  LUT  | URAM|
+-----------------+---------+-----+--------+-------+-----+
|Total            |        0|   33|     390|   1783|    2|
+-----------------+---------+-----+--------+-------+-----+
|Available        |     1934| 1968| 1799680| 899840|  463|
+-----------------+---------+-----+--------+-------+-----+
"""
)


def test_a_module_report_of_vitis_hls() -> None:
    found = parse_hls_report(VITIS_HLS)
    assert (found.tool, found.version, found.flow_target, found.clock_estimated_ns) == (
        "Vitis HLS",
        "2025.1",
        "vitis",
        1250.0,
    )
    assert (found.latency_cycles, found.interval_cycles, found.pipeline) == (Range(4, 6), Range(1, 2), "yes")
    assert (found.resources["uram"], found.resources["dsp"]) == (HlsResource(2, 463), HlsResource(33, 1968))


XML = """<profile>
    <ReportVersion><Version>{version}</Version></ReportVersion>
    <UserAssignments>
        <unit>ns</unit><ProductFamily>virtexuplus</ProductFamily><Part>xcu250-figd2104-2L-e</Part>
        <TopModelName>top</TopModelName><TargetClockPeriod>5.00</TargetClockPeriod>
        <ClockUncertainty>0.62</ClockUncertainty><TargetInitiationInterval>4294967295</TargetInitiationInterval>
        <FlowTarget>vivado</FlowTarget>
    </UserAssignments>
    <PerformanceEstimates>
        <PipelineType>yes</PipelineType>
        <SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>3.803</EstimatedClockPeriod></SummaryOfTimingAnalysis>
        <SummaryOfOverallLatency>
            <Best-caseLatency>4</Best-caseLatency><Average-caseLatency>undef</Average-caseLatency>
            <Worst-caseLatency>undef</Worst-caseLatency><Interval-min>1</Interval-min><Interval-max>?</Interval-max>
        </SummaryOfOverallLatency>
        <SummaryOfLoopLatency>
            <OUTER><Slack>3.65</Slack><TripCount><range><min>2</min><max>9</max></range></TripCount>
                <Latency>undef</Latency><AbsoluteTimeLatency>undef</AbsoluteTimeLatency><IterationLatency>7</IterationLatency>
                <InstanceList><inst><Latency>5</Latency></inst></InstanceList>
                <INNER><Name>INNER</Name><TripCount>16</TripCount><Latency>17</Latency>
                    <PipelineII>1</PipelineII><PipelineDepth>3</PipelineDepth></INNER>
            </OUTER>
        </SummaryOfLoopLatency>
    </PerformanceEstimates>
    <AreaEstimates>
        <Resources>{dsp}<FF>390</FF><LUT>1783</LUT><BRAM_18K>0</BRAM_18K></Resources>
        <AvailableResources><BRAM_18K>5376</BRAM_18K><FF>3456000</FF><URAM>1280</URAM></AvailableResources>
    </AreaEstimates>
    <InterfaceSummary>
        <RtlPorts><name>ap_clk</name><Object>top</Object><Type>return value</Type><Scope/><IOProtocol>ap_ctrl_hs</IOProtocol>
            <IOConfig/><Dir>in</Dir><Bits>1</Bits><Attribute>control</Attribute></RtlPorts>
    </InterfaceSummary>
    <RTLDesignHierarchy><TopModule><ModuleName>top</ModuleName><InstancesList>
        <Instance><InstName>grp_a</InstName><ModuleName>a</ModuleName></Instance>
    </InstancesList></TopModule></RTLDesignHierarchy>
    <ModuleInformation><Module><Name>a</Name>
        <PerformanceEstimates>
            <SummaryOfTimingAnalysis><EstimatedClockPeriod>2.725</EstimatedClockPeriod></SummaryOfTimingAnalysis>
            <SummaryOfOverallLatency><Best-caseLatency>0</Best-caseLatency><Worst-caseLatency>2</Worst-caseLatency>
                <PipelineInitiationInterval>1</PipelineInitiationInterval><PipelineType>yes</PipelineType>
            </SummaryOfOverallLatency>
        </PerformanceEstimates>
        <AreaEstimates><Resources><DSP>3</DSP><AVAIL_DSP>12288</AVAIL_DSP><UTIL_DSP>~0</UTIL_DSP>
            <BRAM_18K>2</BRAM_18K><AVAIL_BRAM>5376</AVAIL_BRAM></Resources></AreaEstimates>
    </Module></ModuleInformation>
</profile>
"""


def xml(version: str = "2023.1", dsp: str = "<DSP>33</DSP>") -> str:
    return XML.replace("{version}", version).replace("{dsp}", dsp)


def test_xml_of_vitis_hls() -> None:
    found = parse_hls_xml(xml())
    assert (found.tool, found.version, found.top, found.part, found.flow_target) == (
        *("Vitis HLS", "2023.1", "top", "xcu250-figd2104-2L-e", "vivado"),
    )
    assert (found.clock_target_ns, found.clock_uncertainty_ns, found.clock_estimated_ns) == (5.0, 0.62, 3.803)
    assert (found.latency_cycles, found.latency_average_cycles, found.interval_cycles) == (
        Range(4, None),
        None,
        Range(1, None),
    )
    assert found.resources == {
        "dsp": HlsResource(33, None),
        "ff": HlsResource(390, 3456000),
        "lut": HlsResource(1783, None),
        "bram_18k": HlsResource(0, 5376),
        "uram": HlsResource(None, 1280),
    }
    (outer,) = found.loops
    assert (outer.name, outer.trip_count, outer.latency_cycles, outer.pipelined) == (
        "OUTER",
        Range(2, 9),
        UNKNOWN,
        False,
    )
    (inner,) = outer.loops
    assert (inner.ii_achieved, inner.depth_cycles, inner.latency_cycles, inner.pipelined) == (1, 3, Range(17, 17), True)
    assert [(entry.instance, entry.module) for entry in found.instances] == [("grp_a", "a")]
    (module,) = found.modules
    assert (module.name, module.latency_cycles, module.interval_cycles, module.clock_estimated_ns) == (
        *("a", Range(0, 2), Range(1, 1), 2.725),
    )
    assert module.resources == {"dsp": HlsResource(3, 12288), "bram_18k": HlsResource(2, 5376)}


@pytest.mark.parametrize(
    ("version", "dsp", "tool"),
    [
        *[("2018.2", "<DSP48E>1</DSP48E>", "Vivado HLS"), ("2020.1", "<DSP48E>1</DSP48E>", "Vivado HLS")],
        *[("2020.1", "<DSP>1</DSP>", None), ("2020.2", "<DSP>1</DSP>", "Vitis HLS"), ("", "", None)],
    ],
)
def test_the_tool_that_xml_does_not_name(version: str, dsp: str, tool: str | None) -> None:
    assert parse_hls_xml(xml(version, dsp)).tool == tool


@pytest.mark.parametrize("text", ["", "<profile>", "<profile/>", "<other/>", xml()[:-20], xml()[:900], VIVADO_HLS])
def test_other_files_are_no_xml_report(text: str) -> None:
    with pytest.raises(FormatError, match="not a synthesis report of HLS"):
        parse_hls_xml(text)


def test_xml_that_declares_entities_or_never_ends_is_refused() -> None:
    with pytest.raises(FormatError, match="document type"):
        parse_hls_xml('<!DOCTYPE p [<!ENTITY a "b">]>' + xml())
    deep = "<L><TripCount>1</TripCount>" * 80 + "</L>" * 80
    with pytest.raises(FormatError, match="deeper than 50"):
        parse_hls_xml(xml().replace("<SummaryOfLoopLatency>", f"<SummaryOfLoopLatency>{deep}"))


def summary(merged: bool) -> str:
    """A synthesis summary; from 2025 on one cell stands over both columns of latency."""
    latency = "|      Latency      " if merged else "| Latency | Latency "
    return (
        heading("Synthesis Summary Report of 'top'")
        + f"""+ General Information: 
    * Date:           Sat Apr 29 14:44:39 2023
    * Version:        2022.1.2 (Build 3605665 on Fri Aug  5 22:52:02 MDT 2022)
    * Solution:       solution1 (Vivado IP Flow Target)
    * Product family: zynq
    * Target device:  xc7z020-clg400-1
    

+ Performance & Resource Estimates: 
    
    PS: '+' for module; 'o' for loop; '*' for dataflow
    +-------------------+-------+------+---------+---------+----------+---------+------+----------+---------+-----+
    |      Modules      | Issue |      {latency}| Iteration|         | Trip |          |         |     |
    |      & Loops      |  Type | Slack| (cycles)|   (ns)  |  Latency | Interval| Count| Pipelined|   BRAM  | DSP |
    +-------------------+-------+------+---------+---------+----------+---------+------+----------+---------+-----+
    |+ top*             | Timing| -0.95|   639782|6.398e+06|         -|   639783|     -|  dataflow| 13 (46%)| 45  |
    | + load            |      -|  0.00|        -|        -|         -|        -|     -|        no|        -|    -|
    |  o load_input     |     II|  7.30|      188|1.880e+03|         3|        2|   187|       yes|        -|    -|
    |   + inner         |      -|  0.10|        5|   50.000|         -|        1|     -|    rewind|   1 (3%)|    -|
    | + store           |      -|  0.00|       10|  100.000|         -|       10|     -|  yes(flp)|        -|    -|
    +-------------------+-------+------+---------+---------+----------+---------+------+----------+---------+-----+

"""
        + heading("HW Interfaces")
        + """* M_AXI
+------------+------------+---------+
| Interface  | Data Width | Latency |
|            | (SW->HW)   |         |
+------------+------------+---------+
| m_axi_gmem | 8 -> 128   | 64      |
+------------+------------+---------+

* S_AXILITE Registers
+-----------+----------+--------+--------+
| Interface | Register | Offset | Access |
+-----------+----------+--------+--------+
| s_axi     | CTRL     | 0x00   | RW     |
+-----------+----------+--------+--------+

* TOP LEVEL CONTROL
+-----------+------------+-----------+
| Interface | Type       | Ports     |
+-----------+------------+-----------+
| ap_clk    | clock      | ap_clk    |
+-----------+------------+-----------+

"""
        + heading("SW I/O Information")
        + "+-----\n| cut\n"
    )


@pytest.mark.parametrize("merged", [False, True])
def test_synthesis_summaries(merged: bool) -> None:
    found = parse_hls_summary(summary(merged))
    assert (found.tool, found.version, found.top, found.part) == ("Vitis HLS", "2022.1.2", "top", "xc7z020-clg400-1")
    root = found.root
    assert (root.name, root.kind, root.dataflow, root.issue, root.slack_ns) == ("top", "module", True, "Timing", -0.95)
    assert (root.latency_cycles, root.interval_cycles, root.pipeline, root.pipelined) == (
        *(Range(639782, 639782), Range(639783, 639783), "dataflow", None),
    )
    assert root.resources == {"bram_18k": 13, "dsp": 45}
    load, store = root.below
    assert (load.latency_cycles, load.pipelined, load.issue, load.resources["dsp"]) == (UNKNOWN, False, None, None)
    assert (store.name, store.pipelined, store.below) == ("store", True, ())
    (loop,) = load.below
    assert (loop.kind, loop.trip_count, loop.iteration_latency_cycles, loop.interval_cycles, loop.issue) == (
        *("loop", Range(187, 187), Range(3, 3), Range(2, 2), "II"),
    )
    assert [(node.name, node.pipelined, node.resources["bram_18k"]) for node in loop.below] == [("inner", True, 1)]
    assert [(entry.name, entry.protocol) for entry in found.interfaces] == [
        *[("m_axi_gmem", "M_AXI"), ("ap_clk", "TOP LEVEL CONTROL")],
    ]
    assert found.interfaces[0].fields == {"Data Width (SW->HW)": "8 -> 128", "Latency": "64"}


def test_a_summary_with_a_strange_row_is_refused() -> None:
    with pytest.raises(FormatError, match="no module and no loop"):
        parse_hls_summary(summary(False).replace("| + store ", "| ! store "))
    with pytest.raises(FormatError, match="one top"):
        parse_hls_summary(summary(False).replace("| + store ", "|+ store  "))


COSIM = """
Report time       : Sun May 17 03:38:56 AM CST 2026.
Solution          : hls.
Simulation tool   : xsim.

+----------+----------+--------------------------------+--------------------------------+----------------------+
|          |          |      Latency(Clock Cycles)     |      Interval(Clock Cycles)    | Total Execution Time |
+   RTL    +  Status  +--------------------------------+--------------------------------+    (Clock Cycles)    +
|          |          |      min |      avg |      max |      min |      avg |      max |                      |
+----------+----------+--------------------------------+--------------------------------+----------------------+
|      VHDL|        NA|        NA|        NA|        NA|        NA|        NA|        NA|                    NA|
|   Verilog|      Pass|       259|       260|       262|        64|        65|        66|                  2590|
+----------+----------+--------------------------------+--------------------------------+----------------------+
"""


def test_cosimulation() -> None:
    found = parse_cosim_report(COSIM)
    assert (found.simulator, found.solution, found.stage, found.tool, found.version) == (
        "xsim",
        "hls",
        "simulated",
        None,
        None,
    )
    assert [(run.rtl, run.passed) for run in found.runs] == [("VHDL", None), ("Verilog", True)]
    run = found.run
    assert run is not None
    assert (run.latency_min_cycles, run.latency_average_cycles, run.latency_max_cycles) == (259, 260, 262)
    assert (run.interval_min_cycles, run.interval_average_cycles, run.interval_max_cycles) == (64, 65, 66)
    assert run.total_cycles == 2590


def test_cosimulation_of_vivado_hls_with_one_call() -> None:
    rows = [
        line.rsplit("|", 2)[0] + "|" if line.startswith(("|   V", "|      V")) else line for line in COSIM.split("\n")
    ]
    found = parse_cosim_report(
        "\n".join(rows).replace("64|        65|        66", "NA|        NA|        NA").replace("Pass", "Fail")
    )
    assert found.run is not None
    assert (found.run.passed, found.run.latency_max_cycles, found.run.interval_min_cycles) == (False, 262, None)
    assert found.run.total_cycles is None


@pytest.mark.parametrize("end", [0, COSIM.index("Simulation"), COSIM.index("|      VHDL"), COSIM.index("262") + 2])
def test_a_cut_cosimulation_is_no_report(end: int) -> None:
    with pytest.raises(FormatError, match="co-simulation"):
        parse_cosim_report(COSIM[:end])


@pytest.mark.parametrize("text", ["", "hello", VIVADO_HLS[:1200], COSIM, xml()])
def test_other_files_are_no_text_report(text: str) -> None:
    for parse in (parse_hls_report, parse_hls_summary):
        with pytest.raises(FormatError):
            parse(text)


def test_ranges_and_times() -> None:
    assert [read_range(text) for text in ("7", "3 ~ 9", "?", "-", "undef", None, "")] == [
        Range(7, 7),
        Range(3, 9),
        *[UNKNOWN] * 5,
    ]
    assert [nanoseconds(text) for text in ("5.00", "5.00 ns", "1.5 us", "2 ms", "x", None)] == [
        5.0,
        5.0,
        1500.0,
        2e6,
        None,
        None,
    ]

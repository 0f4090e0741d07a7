"""Module reports of HLS in the manner of several versions."""

# ruff: noqa: W291 (the tools write blanks at the ends of lines)

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.hls_records import UNKNOWN, HlsResource, Range, read_range
from speckleforge.parsers.hls_report import parse_hls_report
from speckleforge.parsers.hls_text import nanoseconds
from tests.parsers.vivado_text import heading

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


@pytest.mark.parametrize(
    "text", ["", "hello", VIVADO_HLS[:1200], "<profile>", heading("Synthesis Summary Report of 'x'")]
)
def test_other_files_are_no_module_report(text: str) -> None:
    with pytest.raises(FormatError):
        parse_hls_report(text)


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

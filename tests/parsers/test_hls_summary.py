"""Synthesis summaries of Vitis HLS in the manner of several versions."""

# ruff: noqa: W291, W293 (the tools write blanks at the ends of lines)

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.hls_records import UNKNOWN, Range
from speckleforge.parsers.hls_summary import parse_hls_summary
from tests.parsers.test_hls import VIVADO_HLS
from tests.parsers.vivado_text import heading


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


@pytest.mark.parametrize("text", ["", "hello", VIVADO_HLS, summary(True)[:700]])
def test_other_files_are_no_summary(text: str) -> None:
    with pytest.raises(FormatError):
        parse_hls_summary(text)

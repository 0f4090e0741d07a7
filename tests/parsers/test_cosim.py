"""Reports of co-simulation."""

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.cosim_report import parse_cosim_report

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


# 2018.2: no total, and no unit in the head.
OLD = """
Report time       : Tue Sep 25 18:27:32 BST 2018.
Solution          : solution1.
Simulation tool   : xsim.

+----------+----------+-----------------------------------------------+-----------------------------------------------+
|          |          |                    Latency                    |                    Interval                   |
+   RTL    +  Status  +-----------------------------------------------+-----------------------------------------------+
|          |          |      min      |      avg      |      max      |      min      |      avg      |      max      |
+----------+----------+-----------------------------------------------+-----------------------------------------------+
|      VHDL|        NA|             NA|             NA|             NA|             NA|             NA|             NA|
|   Verilog|      Pass|           2100|           2101|           2102|           1900|           1901|           1902|
+----------+----------+-----------------------------------------------+-----------------------------------------------+
"""


@pytest.mark.parametrize("text", [OLD, OLD.replace("\n", "\r\n")])
def test_cosimulation_of_2018(text: str) -> None:
    run = parse_cosim_report(text).run
    assert run is not None
    assert (run.rtl, run.passed, run.total_cycles) == ("Verilog", True, None)
    assert (run.latency_min_cycles, run.latency_max_cycles) == (2100, 2102)
    assert (run.interval_min_cycles, run.interval_max_cycles) == (1900, 1902)


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

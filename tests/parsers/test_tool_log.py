"""Logs of Vivado, HLS and v++: what is a message, and what shows a failure. Phrases of real logs, shortened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.parsers.tool_log import parse_tool_log

VIVADO = """
*** Running vivado
    with args -log top.vds -mode batch -source top.tcl


****** Vivado v2023.2 (64-bit)
  **** SW Build 4029153 on Fri Oct 13 20:13:54 MDT 2023

source top.tcl
# puts "ERROR: [Fake 1-1] this is a script"
# if {$x} { error "CRITICAL WARNING: out of memory" }
puts "ERROR: Killed"
INFO: [IP_Flow 19-234] Refreshing IP repositories
WARNING: [Synth 8-7071] port 'x' is unconnected
CRITICAL WARNING: [Constraints 18-1055] Clock 'a' overrides clock 'b'.
New: create_clock, ERROR: not a message
Resolution: Review the constraint files.
Finished RTL Elaboration : Time (s): cpu = 00:00:04 ; elapsed = 00:00:04 . Memory (MB): peak = 9999.500 ; gain = 1.0
synth_design: Time (s): cpu = 00:00:19 ; elapsed = 00:01:17 . Memory (MB): peak = 2266.418 ; gain = 936.266 ; free
INFO: [Vivado_Tcl 4-198] DRC finished with 0 Errors
"""
END = "INFO: [Common 17-206] Exiting Vivado at Thu Jul  2 21:24:18 2026...\n"


def test_messages_of_vivado() -> None:
    log = parse_tool_log(VIVADO + END)
    assert (log.tool, log.version, log.stage) == ("Vivado", "2023.2", None)
    assert (log.infos, log.warnings, len(log.critical_warnings), log.errors) == (3, 1, 1, ())
    (critical,) = log.critical_warnings
    assert str(critical) == "CRITICAL WARNING: [Constraints 18-1055] Clock 'a' overrides clock 'b'."
    assert critical.line == 15
    assert log.ended_well is True
    assert not log.findings.any()
    assert log.usage.peak_memory_mb == 9999.5
    assert [(step.step, step.elapsed_s, step.peak_memory_mb) for step in log.usage.steps] == [
        ("synth_design", 77.0, 2266.418)
    ]


def test_the_end_alone_proves_nothing() -> None:
    assert parse_tool_log(VIVADO).ended_well is None
    assert parse_tool_log(VIVADO + "ERROR: [Common 17-69] Command failed: no\n" + END).ended_well is False
    assert parse_tool_log(VIVADO + "synth_design failed\n" + END).ended_well is False
    assert parse_tool_log(VIVADO + "    while executing\n" + END).findings.failed_steps == ("while executing",)
    assert parse_tool_log(VIVADO + END + VIVADO).ended_well is None  # a second run was begun


FAILURES = {
    "missing_licence": [
        "ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis' and/or device 'xcku115'. Please",
        "WARNING: [Common 17-348] Failed to get the license for feature 'Synthesis' and/or device 'xcku060'",
        "ERROR: [HLS 200-72] License checkout unsuccessful. Make sure a license can be checked out and that "
        "LM_LICENSE_FILE/XILINXD_LICENSE_FILE is set",
        "@E [HLS-72] License checkout unsuccessful. Make sure that a license is accessible or specify another",
    ],
    "missing_part": [
        "ERROR: [Coretcl 2-106] Specified part could not be found.",
        "WARNING: [Device 21-436] No parts matched 'xc7z035ifbg676-2L'",
        "ERROR: [Board 49-71] The board_part definition was not found for xilinx.com:kcu1500:part0:1.2.",
        "ERROR: [HLS 200-1023] Part 'xczu7ev-2ffvc1156' is not installed.",
        "ERROR: [HLS 200-101] 'set_part': Argument 'device_specification' requires a value!",
        "ERROR: [Common 17-69] Command failed: Part 'xcku115-flvb2104-2-e' not found",
    ],
    "out_of_memory": [
        "terminate called after throwing an instance of 'std::bad_alloc'",
        '/tools/Vivado/2020.2/bin/rdiArgs.sh: line 309: 3801495 Killed                  "$RDI_PROG" "$@"',
        "ERROR: [Common 17-49] Internal Data Exception: Out of memory",
    ],
    "disk_full": ["ERROR: [Common 17-39] write failed: No space left on device"],
    "crashed": [
        "Abnormal program termination (11)",
        "# An unexpected error has occurred (6)",
        "segfault in /tools/Vivado/2021.2/bin/unwrapped/lnx64.o/vivado -exec vivado, exiting...",
    ],
    "core_revision": [
        "ERROR: '2201112057' is an invalid argument. Please specify an integer value.",
        '"rdi::set_property core_revision 2607161630 {component component_1}"',
    ],
    "failed_steps": ["WARNING: [Vivado 12-8222] Failed run(s) : 'synth_1'", "place_design failed"],
}


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in FAILURES.items() for line in lines])
def test_failures_are_told_by_kind(kind: str, line: str) -> None:
    log = parse_tool_log(f"{VIVADO}{line}\n{END}")
    assert getattr(log.findings, kind)
    assert log.ended_well is False
    quiet = parse_tool_log(f"{VIVADO}# puts {{{line.removeprefix('# ')}}}\n{END}")
    assert not quiet.findings.any() or kind == "crashed"


def test_a_crash_is_not_called_a_lack_of_memory() -> None:
    log = parse_tool_log(f"{VIVADO}Abnormal program termination (11)\n")
    assert log.findings.out_of_memory == ()


def test_a_licence_that_is_granted_later_is_not_missing() -> None:
    refused = "WARNING: [VPL 17-301] Failed to get a license for 'ap_opencl'. Explanation: not found.\n"
    assert parse_tool_log(f"{VIVADO}{refused}").findings.missing_licence
    assert not parse_tool_log(f"{VIVADO}{refused}Feature available: ap_sdsoc\n").findings.missing_licence


PACKING = """source run_ippack.tcl -notrace
bad lexical cast: source type value could not be interpreted as target
    while executing
"rdi::set_property core_revision {revision} {{component component_1}}"
    invoked from within
"set_property core_revision $Revision $core"
    (file "run_ippack.tcl" line 1612)
ERROR: [IMPL 213-28] Failed to generate IP.
"""


def test_a_revision_that_is_no_number_of_32_bits() -> None:
    found = parse_tool_log(VIVADO + PACKING.format(revision=2201112057)).findings.core_revision
    assert found[0] == "bad lexical cast: source type value could not be interpreted as target"
    assert "core_revision 2201112057" in found[1]
    assert not parse_tool_log(VIVADO + PACKING.format(revision=2112312359)).findings.core_revision  # of 2021


def test_an_ip_that_is_not_made_for_another_reason_is_no_such_revision() -> None:
    text = "ERROR: [Common 17-685] Unable to load Tcl app xilinx::questa\nERROR: [IMPL 213-28] Failed to generate IP.\n"
    assert not parse_tool_log(VIVADO + text).findings.core_revision
    text = "ERROR: 'fast' is an invalid argument. Please specify an integer value.\n"
    assert not parse_tool_log(VIVADO + text).findings.core_revision


HLS = """INFO: [HLS 200-10] Running 'C:/Xilinx/Vitis_HLS/2022.1/bin/unwrapped/win64.o/vitis_hls.exe'
INFO: [HLS 200-1510] Running: export_design -rtl verilog

****** Vivado v2022.1 (64-bit)
  **** SW Build 3526262 on Mon Apr 18 15:48:16 MDT 2022

INFO: [Common 17-206] Exiting Vivado at Sun Mar 15 16:03:38 2026...
"""
HLS_END = (
    "INFO: [HLS 200-112] Total CPU user time: 3 seconds. Total CPU system time: 3 seconds. "
    "Total elapsed time: 19.098 seconds; peak allocated memory: 1.132 GB.\n"
)


def test_vitis_hls_with_a_vivado_inside() -> None:
    log = parse_tool_log(HLS + HLS_END)
    assert (log.tool, log.version, log.ended_well) == ("Vitis HLS", "2022.1", True)
    assert (log.usage.elapsed_s, log.usage.peak_memory_mb) == (19.098, pytest.approx(1159.168))
    assert parse_tool_log(HLS).ended_well is None  # the Vivado inside ended, not HLS


@pytest.mark.parametrize(
    ("start", "tool", "version"),
    [
        (
            "****** Vivado(TM) HLS - High-Level Synthesis from C, C++ and SystemC v2018.2 (64-bit)",
            "Vivado HLS",
            "2018.2",
        ),
        ("****** Vitis HLS - High-Level Synthesis from C, C++ and OpenCL v2024.2 (64-bit)", "Vitis HLS", "2024.2"),
        ("****** v++ v2021.1 (64-bit)", "v++", "2021.1"),
        ("****** vitis-run v2025.1 (64-bit)", "vitis-run", "2025.1"),
        ("  **** HLS Build v2025.1 6135595", "Vitis HLS", "2025.1"),
        ("# Vivado v2018.3 (64-bit)", "Vivado", "2018.3"),
        ("File generated by Vivado(TM) HLS - High-Level Synthesis\nVersion: 2019.1.3", "Vivado HLS", "2019.1.3"),
        ("nothing of this", None, None),
    ],
)
def test_tools_by_their_first_lines(start: str, tool: str | None, version: str | None) -> None:
    log = parse_tool_log(f"{start}\nINFO: [HLS 200-10] Analyzing\n")
    assert (log.tool, log.version) == (tool, version)


def test_vpp_says_how_long_it_took() -> None:
    text = "****** v++ v2021.1 (64-bit)\nINFO: [v++ 60-791] Total elapsed time: 1h 0m 32s\n"
    log = parse_tool_log(text + "INFO: [v++ 60-1653] Closing dispatch client.\n")
    assert (log.ended_well, log.usage.elapsed_s, log.usage.peak_memory_mb) == (True, 3632.0, None)
    assert parse_tool_log(text + "ERROR: [v++ 60-592] Failed to finish compilation\n").ended_well is False


def test_the_time_between_two_dates() -> None:
    text = "# Vivado v2018.3 (64-bit)\n# Start of session at: Fri Apr 23 10:35:46 2021\nINFO: [Common 17-206] "
    assert parse_tool_log(f"{text}Exiting Vivado at Fri Apr 23 10:36:52 2021...\n").usage.elapsed_s == 66.0
    assert parse_tool_log(f"{text}Exiting Vivado at Fri Apr 99 10:36:52 2021...\n").usage.elapsed_s is None


def test_old_messages_and_messages_without_an_id() -> None:
    log = parse_tool_log(
        "@I [HLS-10] Analyzing\n@E [HLS-70] Compilation errors found\nERROR: no id\nFATAL: [X 1-1] end\n"
    )
    assert [(error.id, error.text) for error in log.errors] == [
        *[("HLS-70", "Compilation errors found"), (None, "no id"), ("X 1-1", "end")],
    ]
    assert log.infos == 1


@pytest.mark.parametrize("text", ["", "hello\n", "1. Slice Logic\n", "Info: Packing\n", "ERROR: no id alone\n"])
def test_other_files_are_no_log(text: str) -> None:
    with pytest.raises(FormatError, match="not a log"):
        parse_tool_log(text)


@given(st.lists(st.sampled_from(["INFO", "WARNING", "CRITICAL WARNING", "ERROR"]), min_size=1, max_size=30))
def test_every_message_is_counted_once(severities: list[str]) -> None:
    log = parse_tool_log(
        "".join(f"{severity}: [Synth 8-{at}] text\n# ERROR: [a 1-1]\n" for at, severity in enumerate(severities))
    )
    found = (log.infos, log.warnings, len(log.critical_warnings), len(log.errors))
    assert found == tuple(severities.count(name) for name in ("INFO", "WARNING", "CRITICAL WARNING", "ERROR"))
    assert [message.line for message in log.messages] == list(range(1, 2 * len(severities), 2))

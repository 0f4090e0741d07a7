"""Every kind is recognised by what it says; cut and damaged files are one clear error, or a record: nothing else."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.parsers.record_dict import as_dict
from speckleforge.parsers.report_kinds import KINDS, decode_report, parse_report
from tests.parsers import (
    test_cosim,
    test_hls,
    test_hls_summary,
    test_hls_xml,
    test_timing,
    test_tool_log,
    test_utilisation,
    test_vivado_reports,
)
from tests.parsers.vivado_text import box, head, rows, section

STAT = {"creator": "Yosys 0.70 (git sha1)", "modules": {"\\top": {"num_cells_by_type": {"LUT4": 3}}}}
NEXTPNR = {
    "fmax": {"clk": {"achieved": 90.0, "constraint": 62.5}},
    "utilization": {"DP16KD": {"available": 56, "used": 2}},
}
CONTROL_SETS = (
    head()
    + "Control Set Information\n\n"
    + section("1. Summary", box(["Status", "Count"], rows("Total control sets|2")))
)

SAMPLES = {
    "utilisation": test_utilisation.KU115,
    "utilisation_hierarchy": test_utilisation.hierarchy(),
    "timing_summary": test_timing.report(),
    "timing_paths": head() + "Timing Report\n\n" + test_timing.PATH,
    "power": test_vivado_reports.power(),
    "rules": test_vivado_reports.rules("Report DRC", "Checks", rows("NSTD-1|Error|x|1"), test_vivado_reports.DETAILS),
    "clock_utilisation": test_vivado_reports.clocks(),
    "control_sets": CONTROL_SETS,
    "bus_skew": head() + test_vivado_reports.SKEW,
    "route_status": test_vivado_reports.ROUTES,
    "hls_xml": test_hls_xml.xml(),
    "hls_report": test_hls.VIVADO_HLS,
    "hls_summary": test_hls_summary.summary(merged=True),
    "cosim": test_cosim.COSIM,
    "yosys_stat": json.dumps(STAT),
    "nextpnr": json.dumps(NEXTPNR),
    "log": test_tool_log.VIVADO + test_tool_log.END,
    "yosys_log": "\n Yosys 0.70\n\n1. Executing Verilog frontend.\nWarning: x\n",
    "nextpnr_log": "Info: Packing\nInfo: Program finished normally.\n",
}


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_kind_is_recognised_and_is_json(name: str) -> None:
    report = parse_report(SAMPLES[name])
    assert report.kind == name
    document = report.as_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert {"kind", "tool", "version", "stage"} <= set(document)
    assert (document["tool"], document["stage"]) == (report.tool, report.stage)
    assert parse_report("\ufeff" + SAMPLES[name].replace("\n", "\r\n")).kind == name


def test_open_tools_are_named() -> None:
    stat = parse_report(SAMPLES["yosys_stat"])
    assert (stat.tool, stat.version, stat.stage) == ("yosys", "0.70", "synthesised")
    routed = parse_report(SAMPLES["nextpnr"])
    assert (routed.tool, routed.version, routed.stage) == ("nextpnr", None, "placed_and_routed")


def test_a_log_that_holds_a_report_is_a_log() -> None:
    assert parse_report(SAMPLES["log"] + SAMPLES["utilisation"]).kind == "log"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no report that this can read"),
        ("hello\n", '"hello"'),
        ("{}", "no report that this can read"),
        ('{"modules": {"top": {"cells": {}}}}', "no report that this can read"),
        (head() + "RAM Utilization Report\n", '"RAM Utilization Report"'),
        (head()[:200], "cut within its head"),
        ("<profile>", "no XML, or cut"),
        ('{"fmax": {}, "utilization": {}, "critical_paths": [{"path": 5}]}', "not what it should be"),
        ('{"modules": {"a": {"num_cells_by_type": {"LUT4": 1e999}}}}', "not what it should be"),
    ],
)
def test_other_files_are_one_clear_error(text: str, what: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_report(text, "x.rpt")
    assert what in str(caught.value)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].where.startswith("x.rpt")
    if "no report" in what:
        assert "report_utilization, report_timing_summary" in caught.value.problems[0].allowed


def test_bytes_of_several_encodings() -> None:
    text = SAMPLES["log"]
    assert decode_report(text.encode()) == decode_report(text.encode("utf-16")) == text
    assert "\ufffd" in decode_report(b"\xff\x00INFO")


def outcome(text: str) -> dict[str, object] | None:
    """The record as JSON values, None for an error: anything else that is raised fails the test."""
    try:
        report = parse_report(text)
    except FormatError:
        return None
    json.dumps(report.as_dict(), allow_nan=False)
    return report.as_dict()


def numbers(value: object) -> list[float]:
    """All numbers in a document."""
    if isinstance(value, dict):
        return [n for entry in value.values() for n in numbers(entry)]
    if isinstance(value, list):
        return [n for entry in value for n in numbers(entry)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


# Counts of what is there, sums over it, and text that numbers are part of: fewer of them in a shorter file.
COUNTED = {"log", "yosys_log", "nextpnr_log", "yosys_stat", "nextpnr"}


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(SAMPLES)))
def test_a_cut_file_is_an_error_or_holds_no_other_number(data: st.DataObject, name: str) -> None:
    text = SAMPLES[name]
    cut = outcome(text[: data.draw(st.integers(0, len(text)))])
    if cut is not None and name not in COUNTED:
        known = set(numbers(parse_report(text).as_dict())) | {0}
        assert set(numbers(cut)) <= known


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.randoms(use_true_random=False), st.integers(1, 40))
def test_a_damaged_file_is_an_error_or_a_record(name: str, chance: random.Random, swaps: int) -> None:
    data = bytearray(SAMPLES[name].encode())
    for _ in range(swaps):
        one, other = chance.randrange(len(data)), chance.randrange(len(data))
        data[one], data[other] = data[other], data[one]
    outcome(decode_report(bytes(data)))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.binary(max_size=200), st.integers(0, 3000))
def test_foreign_bytes_are_an_error_or_a_record(name: str, foreign: bytes, at: int) -> None:
    data = SAMPLES[name].encode()
    outcome(decode_report(data[:at] + foreign + data[at:]))
    outcome(decode_report(foreign))


def test_records_of_all_sorts_are_json_values() -> None:
    odd = json.dumps(NEXTPNR).replace("90.0", "NaN")
    assert parse_report(odd).as_dict()["clocks"] == [{"name": "clk", "achieved_mhz": None, "constraint_mhz": 62.5}]
    document = as_dict(parse_report(SAMPLES["hls_report"]).record)
    assert list(document)[:3] == ["tool", "version", "stage"]
    assert document["latency_cycles"] == {"low": 3, "high": None}
    assert isinstance(document["loops"], list)

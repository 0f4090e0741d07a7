"""The synth stage without tools, and the UltraScale flow with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, StageError
from speckleforge.parsers.nextpnr_report import ClockTiming, NextpnrReport
from speckleforge.synth import execute, stage
from speckleforge.synth.place_route import core_clock, timing_record
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.find import Tool, installed
from tests.synth.designs import target

CORE = """module sf_core (input wire clk, output logic [7:0] q);
  sf_dense #(.N(3)) dense1 (.clk(clk), .q(q));
  sf_head head (.clk(clk));
  sf_dense #(.N(4)) dense2 (.clk(clk));
endmodule
"""


def tree(folder: Path, record: dict[str, object], **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.sv").write_text(text, encoding="utf-8")
    (folder / "files.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_kernels_of_the_core_are_mapped_one_by_one(tmp_path: Path) -> None:
    sources = stage.read_file_list(tree(tmp_path, {"top": "sf_core", "files": ["core.sv"]}, core=CORE))
    assert sources.keep == ("sf_core", "sf_dense", "sf_head")
    record = {"top": "sf_core", "files": ["core.sv"], "include": ["."], "keep": []}
    assert stage.read_file_list(tree(tmp_path, record)).keep == ()


def test_a_bad_file_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"files\.json: no list of RTL files"):
        stage.read_file_list(tmp_path)
    with pytest.raises(FormatError, match=r"not there(.*\n)*.*got: x\.sv"):
        stage.read_file_list(tree(tmp_path, {"top": "t", "files": ["x.sv"]}))


def test_unknown_toolchain() -> None:
    with pytest.raises(StageError, match=r"no synthesis with this toolchain(.*\n)*.*did you mean 'xilinx'"):
        stage.find_toolchain({"toolchain": "xilnx", "target": target("kcu1500")})
    with pytest.raises(StageError, match=r"'ecp5' does not know this family(.*\n)*.*got: ultrascale"):
        stage.find_toolchain({"toolchain": "ecp5", "target": target("kcu1500")})


def test_a_killed_runs_leftovers_are_removed(tmp_path: Path) -> None:
    folder = stage.work_folder(tmp_path, "synth")
    (folder / "old").write_text("x")
    assert list(stage.work_folder(tmp_path, "synth").iterdir()) == []


def test_a_missing_result_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "find_tool", lambda name: Tool(name, "1", ("/bin/sh", "-c")))
    plan = Plan((("a", "text"),), (Command("sh", ("cat a > b; : > c",)),), ("b", "c"))
    with pytest.raises(StageError, match="sh left no c"):
        execute.execute(plan, tmp_path, tmp_path / "log")
    assert (tmp_path / "b").read_text() == "text"


def test_compiled_tools_need_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in execute.CACHE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(execute.tempfile, "gettempdir", lambda: str(tmp_path))
    assert execute._cache_folder().parent == tmp_path
    monkeypatch.setenv("HOME", "/home/x")
    assert execute._cache_folder() == Path("/home/x/.cache/YoWASP")
    monkeypatch.setenv("YOWASP_CACHE_DIR", "/cache")
    assert execute._cache_folder() == Path("/cache")


def test_core_clock_is_the_slowest_of_its_frequency() -> None:
    clocks = (ClockTiming("a", 80.0, 62.5), ClockTiming("b", 60.0, 62.5), ClockTiming("osc", 30.0, 25.0))
    report = NextpnrReport(clocks, {}, ())
    core = core_clock(report, 62.5)
    assert core is not None
    assert core.name == "b"
    record = timing_record(report, 62.5, "nextpnr-ecp5 1")
    assert (record["fmax_mhz"]["value"], record["holds"]) == (60.0, False)
    missing = timing_record(report, 100.0, "nextpnr-ecp5 1")
    assert missing["fmax_mhz"] == {"value": None, "reason": "no clock of 100 MHz in the placed design"}


@pytest.mark.tools
@pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")
def test_ultrascale_synthesis_counts_and_says_why_there_is_no_fmax(tmp_path: Path) -> None:
    dense = """module sf_dense #(
  parameter int N = 1
) (input wire clk, input wire signed [7:0] a, output logic signed [15:0] q);
  always_ff @(posedge clk) q <= a * 8'sd93 + 16'(N);
endmodule
"""
    core = """module sf_core (
  input wire clk, input wire [7:0] a, input wire [4:0] i, output wire [31:0] q, output logic [7:0] r
);
  logic [7:0] mem[0:31];
  always_ff @(posedge clk) begin mem[i] <= a; r <= mem[~i]; end
  sf_dense #(.N(1)) dense1 (.clk(clk), .a(a), .q(q[15:0]));
  sf_dense #(.N(2)) dense2 (.clk(clk), .a(a), .q(q[31:16]));
endmodule
"""
    rtl, out, scratch = (tmp_path / name for name in ("rtl", "out", "scratch"))
    for folder in (rtl, out, scratch):
        folder.mkdir()
    tree(rtl, {"top": "sf_core", "files": ["dense.sv", "core.sv"]}, core=core, dense=dense)
    params = {"target": target("kcu1500"), "toolchain": "xilinx", "clock_mhz": 200.0}
    stage.run(StageContext(params, {"rtl": rtl}, out, scratch))
    record = json.loads((out / "synthesis.json").read_text(encoding="utf-8"))
    assert record["fmax_mhz"] == {"value": None, "reason": "no timing model for this part without Vivado"}
    assert record["resources"]["lutram"]["value"] > 0
    assert record["resources"]["ff"]["value"] >= 40
    assert record["resources"]["lut"]["share_of_one_slr"] == pytest.approx(
        2 * record["resources"]["lut"]["share"], abs=2e-6
    )
    rows = sorted((row["name"], row["instance_names"]) for row in record["modules"])
    assert rows == [("sf_core", []), ("sf_dense", ["dense1"]), ("sf_dense", ["dense2"])]
    netlist = (out / "netlist.json").read_text(encoding="utf-8")
    assert '"src"' not in netlist
    structure = record["structure"]
    assert {path["name"] for path in structure["paths"]} == {"dense1", "dense2", "overhead"}
    assert structure["control_sets"]["registers"] == record["resources"]["ff"]["value"]
    assert structure["lutram"]["luts"] == record["resources"]["lutram"]["value"]


FAULTS = {
    "inferred latches": "  always @* if (a[0]) q = a;",
    "a combinational loop": "  wire [1:0] x;\n  assign x = {x[0] & a[1], x[1] ^ a[0]};\n  assign q = {2'd0, x};",
}


@pytest.mark.tools
@pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")
@pytest.mark.parametrize("fault", FAULTS)
def test_what_no_timing_analysis_sees_ends_the_stage(fault: str, tmp_path: Path) -> None:
    core = f"module sf_core (input wire [3:0] a, output reg [3:0] q);\n{FAULTS[fault]}\nendmodule\n"
    core = core.replace("output reg", "output wire") if "assign q" in core else core
    rtl, out, scratch = (tmp_path / name for name in ("rtl", "out", "scratch"))
    for folder in (rtl, out, scratch):
        folder.mkdir()
    tree(rtl, {"top": "sf_core", "files": ["core.sv"]}, core=core)
    params = {"target": target("kcu1500"), "toolchain": "xilinx", "clock_mhz": 200.0}
    with pytest.raises(StageError, match=f"the design has {fault}"):
        stage.run(StageContext(params, {"rtl": rtl}, out, scratch))

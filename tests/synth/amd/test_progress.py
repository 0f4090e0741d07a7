"""Progress of a run: its steps in order with the last line of the log, as events and as plain lines."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from speckleforge.cli import progress
from speckleforge.graph.build import build
from speckleforge.graph.events import Event
from speckleforge.spec import load_spec
from speckleforge.synth.amd.hls_config import hls_config_plan
from speckleforge.synth.amd.options import HlsOptions
from speckleforge.synth.amd.run import Limit, run_plan
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.tools.front_ends import VPP
from speckleforge.tools.releases import release
from tests.synth.amd.builds import Place
from tests.synth.amd.fake_tools import FakeTools, fresh_search, put_on_path
from tests.synth.amd.interpreter import lay_out, needs_tcl
from tests.synth.amd.samples import job

pytestmark = needs_tcl()
STEPS = ["setup", "read", "synth", "opt", "place", "phys_opt", "route", "report"]


def test_steps_and_the_last_line_are_events_in_order(place: Place, vivado: FakeTools) -> None:
    vivado.spoiled("vivado", pause_s=0.15)  # the eight steps take more than a heartbeat
    events: list[Event] = []
    built = build(load_spec(place.root / "tiny.yaml"), place.store, targets=("vivado",), listener=events.append)
    assert built.exit_code == 0
    mine = [event for event in events if event.stage == "vivado"]
    assert (mine[0].kind, mine[-1].kind) == ("started", "finished")
    said = [event for event in mine if event.kind == "progress"]
    assert all(event.message.startswith("vivado 2023.2: ") for event in said)
    words = [event.message.removeprefix("vivado 2023.2: ") for event in said]
    assert [step for step, _ in itertools.groupby(word.partition(":")[0] for word in words)] == STEPS
    beats = [word for word in words if ": " in word]
    assert beats
    assert all(word == f"{step}: Command: {step} begins" for word in beats for step in [word.partition(":")[0]])
    done = [event.done for event in said]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0.0, 0.875)


def test_without_a_terminal_they_are_plain_lines(
    place: Place, vivado: FakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.5)
    vivado.spoiled("vivado", pause_s=0.25)
    err = place.forge("build", "--to", "vivado").err
    lines = [line for line in err.splitlines() if line.startswith("vivado: ")]
    assert lines[0] == "vivado: runs (no result for this spec yet)"
    assert lines[-1].startswith("vivado: done in ")
    between = [text for line in lines[1:-1] if (text := line.partition(" s: ")[2]) != "runs"]  # the child starts
    assert between
    assert all(" % vivado 2023.2: " in line or line.startswith("vivado 2023.2: ") for line in between)
    steps = [line.partition("vivado 2023.2: ")[2].partition(":")[0] for line in between]
    assert steps == sorted(steps, key=STEPS.index)
    assert "\033" not in err


def run(plan: VendorPlan, folder: Path) -> list[str]:
    said: list[str] = []
    run_plan(plan, lay_out(folder, plan), lambda done, text: said.append(f"{done:.2f} {text}"), Limit(1, "key"))
    return said


def test_steps_of_a_program_that_names_none_are_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = hls_config_plan(job(HlsOptions()), release("2024.2"))
    with fresh_search():
        put_on_path(monkeypatch, FakeTools(tmp_path / "tools", dict.fromkeys(VPP.programs, "2024.2")).install())
        said = run(plan, tmp_path / "w")
    steps = ("csim", "csynth", "cosim", "export", "gather")
    assert said == [f"{at / 5:.2f} v++ 2024.2: {step}" for at, step in enumerate(steps)]
    log = (tmp_path / "w" / "run.log").read_text()
    assert [line for line in log.splitlines() if line.startswith("speckleforge: step")] == [
        f"speckleforge: step {step}" for step in steps
    ]

"""The manifest is JSON whatever its values are: written by Tcl, read by Python."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.hls import fact_lines
from speckleforge.synth.amd.vendor_plan import library
from tests.synth.amd.hostile import EXAMPLES, VALUES
from tests.synth.amd.interpreter import World, needs_tcl, run_script

pytestmark = needs_tcl()


def manifest(folder: Path, facts: dict[str, str], steps: list[str], world: World | None = None) -> dict[str, object]:
    """What a run with these facts writes."""
    folder.mkdir(exist_ok=True)
    (folder / "sf_run.tcl").write_text(library("sf_run.tcl"), encoding="utf-8")
    bodies = "".join(f"sf_step {tcl_text.word(name)} {{ set x 1 }}\n" for name in steps)
    (folder / "main.tcl").write_text(
        f"source sf_run.tcl\n{''.join(fact_lines(facts))}{bodies}sf_finish\n", encoding="ascii"
    )
    done = run_script(folder, "main.tcl", "vivado", "2023.2", world)
    assert (done.code, done.err) == (0, "")
    return dict(json.loads((folder / "manifest.json").read_bytes()))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(VALUES, VALUES, max_size=12), steps=st.lists(VALUES, max_size=4))
def test_hostile_values_arrive_unchanged(tmp_path: Path, facts: dict[str, str], steps: list[str]) -> None:
    taken = {"version", "steps", "reports"}
    kept = {name: value for name, value in facts.items() if name not in taken and not name.endswith("_khz")}
    found = manifest(tmp_path / "w", kept, steps)
    assert found.pop("version") == "2023.2"
    assert found.pop("steps") == steps
    assert found.pop("reports") == []
    assert found == {name: value or None for name, value in kept.items()}


def test_the_hostile_examples_arrive_unchanged(tmp_path: Path) -> None:
    facts = {f"x{index}": value for index, value in enumerate(EXAMPLES)}
    found = manifest(tmp_path / "w", facts, list(EXAMPLES), World(release='2023.2 "x\\'))
    assert found["steps"] == list(EXAMPLES)
    assert found["version"] == '2023.2 "x\\'
    assert all(found[name] == (value or None) for name, value in facts.items())


def test_numbers_are_numbers_and_nothing_is_null(tmp_path: Path) -> None:
    world = World(fail=("version",))
    found = manifest(tmp_path / "w", {"clock_khz": "200000", "a_khz": "fast", "part": ""}, [], world)
    assert found["clock_khz"] == 200000
    assert found["a_khz"] == "fast"
    assert found["part"] is None
    assert found["version"] is None


def test_reports_are_named_by_their_paths(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    for name in ("b.rpt", "syn/a.xml", "syn/deep/c.rpt"):
        path = folder / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert manifest(folder, {}, [])["reports"] == ["reports/b.rpt", "reports/syn/a.xml", "reports/syn/deep/c.rpt"]

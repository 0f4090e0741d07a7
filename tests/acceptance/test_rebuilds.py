"""What runs again after a change: in the plan, in the diff, and in the build itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import QUICKSTART, Forge

pytestmark = pytest.mark.built
Change = Callable[[str, str], str]

LEARNING = {"train", "quantize", "export", "weights", "bitstream", "evaluate", "figures", "verify", "report"}
LEARNED = {"data", "train", "quantize", "export"}


def not_hit(document: dict[str, Any]) -> set[str]:
    return {row["name"] for row in document["stages"] if row["fate"] not in ("hit", "absent")}


def statuses(forge: Forge, built: dict[str, Any], without: Set[str] = frozenset()) -> set[str]:
    """Of the stages that take part in this spec here; the plan says which do not, and they must be those skipped."""
    absent = {row["name"] for row in forge("plan", str(QUICKSTART))["stages"] if row["fate"] == "absent"}
    assert {row["name"] for row in built["stages"] if row["status"] == "skipped"} == absent
    return {row["status"] for row in built["stages"] if row["name"] not in without | absent}


def plan(forge: Forge, spec: str = str(QUICKSTART)) -> set[str]:
    return not_hit(forge("plan", spec))


@contextmanager
def edited(path: Path, before: str, after: str) -> Iterator[None]:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def test_a_second_build_is_all_hits(forge: Forge) -> None:
    built = forge("build", str(QUICKSTART), "--out", "again")
    assert statuses(forge, built) == {"hit"}


def test_a_comment_in_the_spec_reaches_nothing(forge: Forge, spec: Change) -> None:
    assert plan(forge, spec("forge: 1\n", "forge: 1 # the version of the language\n")) == set()


def test_comments_and_docstrings_in_a_layer_reach_nothing(forge: Forge) -> None:
    layer = forge.home / "speckleforge" / "layers" / "conv2d"  # type: ignore[attr-defined]
    with edited(layer / "op.py", "from __future__", "# a comment\nfrom __future__"):
        assert plan(forge) == set()
    with edited(layer / "kernel.py", "How the window moves.", "How the window walks."):
        assert plan(forge) == set()


def test_a_cost_formula_retrains_nothing_and_may_change_no_hardware(forge: Forge) -> None:
    cost = forge.home / "speckleforge" / "layers" / "conv2d" / "cost.py"  # type: ignore[attr-defined]
    with edited(cost, "\n\n\ndef ", "\n\nRENEWED = 1\n\n\ndef "):
        again = plan(forge)
        assert "lower" in again
        assert not again & LEARNED
        built = forge("build", str(QUICKSTART), "--out", "cost")
    ran = {row["name"] for row in built["stages"] if row["status"] == "run"}
    assert ran == {"lower"}, "the same design and the same prediction came out: early cut-off"


def test_a_clock_retrains_nothing(forge: Forge, spec: Change) -> None:
    again = plan(forge, spec("clock_mhz: 25", "clock_mhz: 50"))
    assert "lower" in again
    assert not again & LEARNED


def test_a_seed_never_synthesises_and_the_build_does_what_the_diff_said(forge: Forge, spec: Change) -> None:
    changed = spec("temperature: 0.1, seed: 0", "temperature: 0.1, seed: 9")
    said = forge("diff", str(QUICKSTART), changed)
    assert [row["path"] for row in said["values"]] == ["train.seed"]
    assert {row["stage"] for row in said["stages"]} == LEARNING
    assert plan(forge, changed) == LEARNING
    built = forge("build", changed, "--out", "seed")
    assert {row["name"] for row in built["stages"] if row["status"] == "run"} == LEARNING
    assert statuses(forge, built, without=LEARNING) == {"hit"}
    assert built["verification"]["mismatches"] == 0
    assert built["verification"]["patterns"] > 0
    folder = forge.home / "seed" / "quickstart"  # type: ignore[attr-defined]
    bitstream, before = folder / "design.bit", QUICKSTART.parents[1] / "build" / "quickstart" / "design.bit"
    assert bitstream.read_bytes() != before.read_bytes(), "other weights lie in the boot memory"


def test_why_names_the_value(forge: Forge, spec: Change) -> None:
    why = forge("why", "train", spec("temperature: 0.1, seed: 0", "temperature: 0.1, seed: 8"))
    assert "train.seed" in str(why)

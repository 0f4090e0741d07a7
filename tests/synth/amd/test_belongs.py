"""Whether results belong to a design: every difference is told once, and only those."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.synth.amd.belongs import Expected, check_part, differences, read_manifest
from tests.synth.amd.real_form import OTHER_PART, PART
from tests.synth.amd.samples import DESIGN, OTHER, SOURCES

EXPECTED = Expected("rtl", PART, "sf_core", DESIGN, SOURCES, 200_000)
WORDS = {
    "design_id": "results of another design",
    "sources": "results of other sources for the same design",
    "part": "results for another part",
    "top": "results of another top",
    "clock_khz": "results for another clock",
    "implementation": "results of the other implementation",
}
VALUES = st.one_of(st.none(), st.text(max_size=8), st.integers(), st.booleans(), st.lists(st.integers(), max_size=2))


@given(changed=st.dictionaries(st.sampled_from(list(WORDS)), VALUES), more=st.dictionaries(st.text(max_size=5), VALUES))
def test_each_difference_is_told_once_and_with_both_sides(changed: dict[str, Any], more: dict[str, Any]) -> None:
    facts = EXPECTED.facts()
    found = list(differences({**more, **facts, **changed}, EXPECTED))
    wrong = [name for name in WORDS if name in changed and changed[name] != facts[name]]
    if "design_id" in wrong:
        wrong = [name for name in wrong if name != "sources"]  # they follow from the design
    assert [problem.what for problem in found] == [WORDS[name] for name in wrong]
    for problem, name in zip(found, wrong, strict=True):
        assert problem.allowed == str(facts[name])
        assert problem.got == ("nothing" if changed[name] is None else str(changed[name]))


@given(left=st.sets(st.sampled_from(list(WORDS)), min_size=1))
def test_a_fact_that_is_missing_is_a_difference(left: set[str]) -> None:
    manifest = {name: value for name, value in EXPECTED.facts().items() if name not in left}
    told = {problem.what for problem in differences(manifest, EXPECTED)}
    assert told == {WORDS[name] for name in left if not (name == "sources" and "design_id" in left)}


def test_the_same_design_in_both_implementations_is_told_apart() -> None:
    other = replace(EXPECTED, implementation="hls", top="sf_network", sources=OTHER)
    assert len(list(differences(other.facts(), EXPECTED))) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no manifest of a run\n    got: No such file"),
        ("", "no manifest of a run"),
        ('{"steps": [', "no manifest of a run"),
        ("[1]", "not the manifest of a run"),
        ("{}", "not the manifest of a run"),
        ('{"steps": "route"}', "not the manifest of a run"),
    ],
)
def test_what_is_no_manifest(text: str | None, message: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(FormatError, match=message) as caught:
        read_manifest(tmp_path)
    assert str(tmp_path) not in str(caught.value)  # it may become part of a result


def test_a_manifest_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(FormatError, match="no manifest of a run"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", [PART, "xcku115-flvb2104", "ku115flvb2104-2", "xcku115flvb2104-2-e", "xcku115"])
def test_spellings_of_the_part_are_accepted(name: str) -> None:
    check_part(name, PART, "x.rpt")


@pytest.mark.parametrize("name", [OTHER_PART, "xcku115-flvb2104-1-e", "xcku060", "", "sf_core", None])
def test_other_parts_are_refused(name: str | None) -> None:
    with pytest.raises(FormatError, match=r"x\.rpt: a report of another part"):
        check_part(name, PART, "x.rpt")


def test_facts_are_json() -> None:
    assert json.loads(json.dumps(EXPECTED.facts())) == EXPECTED.facts()

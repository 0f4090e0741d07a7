"""Board files: strict, and each stage sees what concerns it."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import load_target, offers
from speckleforge.spec.target import SLICES, read_target


@pytest.mark.parametrize("name", offers.targets())
def test_every_board_loads(name: str) -> None:
    target = load_target(name)
    assert target.name == name
    assert target.toolchain in ("ecp5", "xilinx")
    assert set(target.slice("lower")["resources"]) - {"uram"} == {"lut", "ff", "dsp", "bram", "lutram"}


def test_unknown_board() -> None:
    with pytest.raises(SpecError, match=r"no such board(.|\n)*did you mean 'kcu1500'"):
        load_target("kcu1500x")


def test_a_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    text = (offers.targets_folder() / "kcu1500.yaml").read_text(encoding="utf-8")
    path = tmp_path / "kcu1500.yaml"
    path.write_text(text.replace("family: ultrascale", "family: ultrascle").replace("speed: 2", "sped: 2"), "utf-8")
    with pytest.raises(SpecError) as caught:
        read_target(path)
    assert "did you mean 'ultrascale'?" in str(caught.value)
    assert "unknown key 'sped'" in str(caught.value)
    assert "missing key 'speed'" in str(caught.value)


def test_synthesis_does_not_see_pins() -> None:
    assert not {"pins", "links", "constraints"} & set(SLICES["synth"])


def test_no_stage_but_the_report_sees_where_numbers_come_from() -> None:
    target = load_target("kcu1500")
    assert [stage for stage in SLICES if "ds890" in str(target.slice(stage))] == ["report"]


def test_a_board_on_a_base_differs_in_its_own_keys_alone() -> None:
    small, large = load_target("ulx3s-25f").values, load_target("ulx3s-85f").values
    differing = {key for key in small if small[key] != large[key]}
    assert differing == {"name", "description", "part", "device", "resources"}
    assert "base" not in large


def test_regions_that_differ_are_listed_whole_and_the_least_stands_beside_them(tmp_path: Path) -> None:
    text = (offers.targets_folder() / "alveo-u50.yaml").read_text(encoding="utf-8")
    first = "    - {lut: 439680, ff: 879360, dsp: 2880, bram: 672, lutram: 205440, uram: 320, source: fpgas}\n"
    path = tmp_path / "alveo-u50.yaml"
    for wrong, message in (
        (text.replace(first, first * 2), r"slr\.each: not one entry for each region(.|\n)*got: 3(.|\n)*2"),
        (text.replace("  dsp: {count: 2880,", "  dsp: {count: 2976,"), r"slr\.dsp\.count: not the least(.|\n)*2880"),
    ):
        assert wrong != text
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(SpecError, match=message):
            read_target(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: ulx3s-26f\nname: new\n", r"new\.yaml:1:7: base: no such board(.|\n)*did you mean 'ulx3s-25f'"),
        ("name: new\nbase: ulx3s-85f\n", r"new\.yaml:2:7: base: has a base itself"),
        ("base: new\nname: new\n", r"base: no such board"),
        ("base: ulx3s-25f\nname: other\n", r"is not the file's name"),
        ("base: ulx3s-25f\nname: new\nspeed: fast\n", r"new\.yaml:3:8: speed: not a whole number"),
    ],
)
def test_mistakes_of_a_board_on_a_base(text: str, message: str, tmp_path: Path) -> None:
    for path in offers.targets_folder().glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        read_target(tmp_path / "new.yaml")

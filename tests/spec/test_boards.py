"""What a board file says agrees with itself, with the vendor's rules, and with the sources that its header names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from speckleforge.spec import load_target, offers

RESOURCES = ("lut", "ff", "dsp", "bram", "lutram", "uram")
XILINX = [name for name in offers.targets() if load_target(name).family.startswith("ultrascale")]
PART = re.compile(r"(?P<device>xc[a-z0-9]+)-(?P<package>[a-z]{4}\d{3,4})-(?P<speed>[123])(L|LV|H)?-[eim]")
BOARD_PART = re.compile(r"xilinx\.com:[a-z0-9]+:part0:\d+\.\d+")
GIGATRANSFERS = {3: 8, 4: 16}
BOARDS = ("kcu1500", "kcu105", "zcu102", "zcu104", "alveo-u50", "alveo-u200", "alveo-u250", "alveo-u280", "vcu118")
ALONE = [name for name in offers.targets() if load_target(name).values["interface"] == "uart"]


def values(name: str) -> dict[str, Any]:
    return dict(load_target(name).values)


def counts(record: dict[str, Any]) -> dict[str, int]:
    return {name: record[name]["count"] for name in RESOURCES if name in record}


def sources(value: Any) -> Iterator[str]:
    """Every `source` in it."""
    if isinstance(value, dict):
        yield from ([value["source"]] if "source" in value else [])
        yield from (found for inner in value.values() for found in sources(inner))
    elif isinstance(value, list):
        yield from (found for inner in value for found in sources(inner))


def header(name: str) -> str:
    """The comment at the head of a board file."""
    text = (offers.targets_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))


def test_the_boards_of_the_vendor_are_there() -> None:
    assert {*BOARDS, "varium-c1100", "kcu105-uart"} == set(XILINX)
    families = {name: load_target(name).family for name in XILINX}
    assert [name for name, family in families.items() if family == "ultrascale"] == ["kcu105", "kcu105-uart", "kcu1500"]


@pytest.mark.parametrize("name", offers.targets())
def test_every_source_is_explained_in_the_header(name: str) -> None:
    own = yaml.safe_load((offers.targets_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    text = header(name) + (header(own["base"]) if "base" in own else "")
    used = set(sources(values(name)))
    assert used
    assert [key for key in sorted(used) if not re.search(rf"^#   {re.escape(key)} +\S", text, re.MULTILINE)] == []


@pytest.mark.parametrize("name", XILINX)
def test_part_and_board_part_are_in_the_vendors_syntax(name: str) -> None:
    board = values(name)
    found = PART.fullmatch(board["part"])
    assert found, board["part"]
    assert (found["device"], found["package"], int(found["speed"])) == (
        board["device"],
        board["package"],
        board["speed"],
    )
    assert BOARD_PART.fullmatch(board["board_part"])


@pytest.mark.parametrize("name", XILINX)
def test_counts_follow_from_the_slices(name: str) -> None:
    """Source: Xilinx UG574: a CLB is a slice of eight LUTs and sixteen registers; LUTs of a SLICEM can be memory."""
    board = values(name)
    slices, found = board["slices"], counts(board["resources"])
    assert slices["luts"] == 8
    assert found["lut"] == 8 * slices["count"]
    assert found["ff"] == 2 * found["lut"]
    assert found["lutram"] == 8 * slices["memory"]
    assert 0 < slices["memory"] < slices["count"]
    sizes = {name: record.get("bits") for name, record in board["resources"].items()}
    assert sizes["bram"] == 36 * 1024
    assert sizes.get("uram", 288 * 1024) == 288 * 1024
    assert sizes["lutram"] == 64


@pytest.mark.parametrize("name", [name for name in XILINX if values(name)["slr"]])
def test_regions_make_up_the_device(name: str) -> None:
    board = values(name)
    slr, whole = board["slr"], counts(board["resources"])
    each = slr.get("each") or [counts(slr)] * slr["count"]
    assert len(each) == slr["count"]
    assert {key: sum(one[key] for one in each) for key in whole} == whole
    for one in (counts(slr), *each):
        assert one["ff"] == 2 * one["lut"]
        assert one["lutram"] < one["lut"]


@pytest.mark.parametrize("name", ALONE)
def test_a_board_of_its_own_has_the_pins_of_a_top(name: str) -> None:
    board = values(name)
    roles = [pin["role"] for pin in board["pins"].values()]
    assert {"clock", "uart_rx", "uart_tx", "reset", "led"} <= set(roles)
    assert all(roles.count(role) == 1 for role in set(roles) - {"tie"})
    sites = [site for pin in board["pins"].values() for site in pin.get("sites", [pin.get("site")])]
    assert None not in sites
    assert len(set(sites)) == len(sites)
    clock = next(name for name, pin in board["pins"].items() if pin["role"] == "clock")
    assert [found["pin"] for found in board["clocks"].values()].count(clock) == 1
    (line,) = (link for link in board["links"].values() if link["kind"] == "uart")
    assert line["payload_mbps"] == pytest.approx(0.8 * line["baud"] / 1e6)


def test_the_kcu105_by_itself_differs_in_what_is_around_the_device() -> None:
    one, other = values("kcu105-uart"), values("kcu105")
    same = {key for key in one if one[key] == other[key]}
    assert set(one) - same == {
        "name", "description", "interface", "shell", "clocks", "links", "pins", "constraints"
    }  # fmt: skip
    pair = [one["pins"][f"sysclk_300_{side}"] for side in "pn"]
    assert [pin["role"] for pin in pair] == ["clock", "clock_n"]
    assert {(pin["io_type"], pin["termination"]) for pin in pair} == {("DIFF_SSTL12", "RTT_48")}
    assert one["clocks"]["oscillator"]["mhz"] == other["clocks"]["system"]["mhz"]
    assert pair[0]["site"] == other["clocks"]["system"]["pin"]


@pytest.mark.parametrize("name", [name for name in XILINX if name not in ALONE])
def test_links_carry_what_width_and_clock_make(name: str) -> None:
    board = values(name)
    streams = [link for link in board["links"].values() if link["kind"] == "stream"]
    assert [link["bits"] * link["mhz"] for link in streams] == [link["payload_mbps"] for link in streams]
    assert len(streams) == 1, "the block for a firmware tree takes one"
    assert board["clocks"]["dma"]["mhz"] == streams[0]["mhz"]
    for link in board["links"].values():
        if link["kind"] == "pcie":  # 128b/130b since generation 3
            rate = GIGATRANSFERS[link["generation"]] * 1000 * link["lanes"] * 128 / 130
            assert link["payload_mbps"] == pytest.approx(rate, abs=0.05)


@pytest.mark.parametrize("name", XILINX)
def test_a_shell_that_is_not_known_says_why_and_one_that_is_leaves_room(name: str) -> None:
    shell = values(name)["shell"]
    assert len(shell["reason"]) > 20
    assert all(share < 0.25 for share in (shell["share"] or {}).values())
    if shell.get("slr") is not None:
        assert shell["slr"] < values(name)["slr"]["count"]


def test_boards_with_one_device_differ_in_what_is_theirs() -> None:
    for name, base in (("vcu118", "alveo-u200"), ("varium-c1100", "alveo-u50")):
        one, other = values(name), values(base)
        same = {key for key in one if one[key] == other[key]}
        assert same == {
            "family", "speed", "toolchains", "interface", "resources", "slices", "slr", "pins", "constraints"
        }  # fmt: skip


@pytest.mark.parametrize("name", offers.targets())
def test_the_page_lists_the_board(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "boards.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    found = counts(values(name)["resources"])
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2:7] == [f"{found[key]:,}" if key in found else "" for key in ("lut", "ff", "dsp", "bram", "uram")]

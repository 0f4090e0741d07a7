"""Paths between clocks: the netlist has exactly those that the modules declare, and the XDC names its registers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from speckleforge.emit.firmware.crossings import Crossing, crossings, synchronisers
from speckleforge.emit.firmware.files import block_sources, modules
from speckleforge.emit.firmware.top import FIRMWARE_TOP
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import DesignError
from speckleforge.tools.find import installed
from tests.emit.designs import head_only
from tests.emit.firmware.block import format_of, target, write_firmware
from tests.emit.firmware.netlist import MAPPED, Netlist, synthesise

DESIGN = head_only(10, 3, 2, 2)
CLOCKS = ("dma_clk", "core_clk", "axil_clk")


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    rtl = rtl_files(DESIGN, target())
    return modules(block_sources(DESIGN, rtl, format_of(DESIGN)))


@pytest.fixture(scope="module")
def netlist(tmp_path_factory: pytest.TempPathFactory) -> Netlist:
    folder = tmp_path_factory.mktemp("netlist")
    write_firmware(DESIGN, folder)
    return Netlist(synthesise(folder / "rtl", folder), FIRMWARE_TOP)


def cells(text: str) -> list[str]:
    """The cells that an XDC names."""
    return [name for group in re.findall(r"get_cells \{([^}]*)\}", text) for name in group.split()]


def path_of(cell: str) -> str:
    """The path of a register from the name of its cells."""
    return re.sub(r"_reg(\[\*\])?$", "", cell).replace("/", ".")


def found(netlist: Netlist, sources: Mapping[str, str]) -> set[tuple[str, str, str, str]]:
    """What the netlist has, by the names of what is declared."""
    declared = expected(crossings(sources, FIRMWARE_TOP))
    return netlist.crossings(CLOCKS, {name for row in declared for name in (row[1], row[3])})


def expected(found: tuple[Crossing, ...]) -> set[tuple[str, str, str, str]]:
    return {
        (item.from_clock, source.path, item.to_clock, into.path)
        for item in found
        for source in item.sources
        for into in item.targets
    }


needs_yosys = pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")


@pytest.mark.tools
@needs_yosys
def test_the_netlist_crosses_clocks_exactly_where_declared(netlist: Netlist, sources: Mapping[str, str]) -> None:
    assert found(netlist, sources) == expected(crossings(sources, FIRMWARE_TOP))


@pytest.mark.slow
@pytest.mark.tools
@needs_yosys
def test_so_does_the_netlist_of_an_ultrascale_part(
    netlist: Netlist, tmp_path: Path, sources: Mapping[str, str]
) -> None:
    """Nothing was merged, moved or lost: the same registers, perhaps under a port's name."""
    files = write_firmware(DESIGN, tmp_path)
    mapped = Netlist(synthesise(tmp_path / "rtl", tmp_path, MAPPED), FIRMWARE_TOP)
    named = {path_of(name) for name in cells(files["xdc/sf_firmware.xdc"])}
    aliases = netlist.aliases(named)
    rows = {(a, aliases.get(x, x), b, aliases.get(y, y)) for a, x, b, y in found(mapped, sources)}
    assert rows == expected(crossings(sources, FIRMWARE_TOP))
    assert {aliases.get(name, name) for name in mapped.registers} >= named


@pytest.mark.tools
@needs_yosys
def test_every_register_that_the_xdc_names_is_in_the_netlist(netlist: Netlist, tmp_path: Path) -> None:
    text = write_firmware(DESIGN, tmp_path)["xdc/sf_firmware.xdc"]
    names = set(cells(text))
    assert len(names) > 40
    for name in names:
        path = path_of(name)
        assert netlist.registers.get(path), name
        assert name.endswith("_reg[*]") == (netlist.vectors[path]), name


def test_every_synchroniser_has_its_declaration(sources: Mapping[str, str]) -> None:
    found = crossings(sources, FIRMWARE_TOP)
    into = {register.path for item in found if item.kind != "held" for register in item.targets}
    assert into == {
        register.path for register in synchronisers(sources, FIRMWARE_TOP) if register.path.endswith("meta")
    }


def test_clocks_are_those_of_the_top(sources: Mapping[str, str]) -> None:
    clocks = {clock for item in crossings(sources, FIRMWARE_TOP) for clock in (item.from_clock, item.to_clock)}
    assert clocks == set(CLOCKS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("level answer -> u_answer.meta", "level anwser -> u_answer.meta", "register that is not there"),
        ("level answer -> u_answer.meta", "level answer -> u_answre.meta", "instance that is not there"),
        ("level answer -> u_answer.meta", "lever answer -> u_answer.meta", "unknown kind of crossing"),
    ],
)
def test_a_wrong_declaration_is_told(sources: Mapping[str, str], old: str, new: str, message: str) -> None:
    assert old in sources["sf_bus_cross"]
    spoilt = {**sources, "sf_bus_cross": sources["sf_bus_cross"].replace(old, new)}
    with pytest.raises(DesignError, match=message):
        crossings(spoilt, FIRMWARE_TOP)


@pytest.mark.tools
@needs_yosys
def test_a_crossing_that_nobody_declared_is_found(tmp_path: Path, sources: Mapping[str, str]) -> None:
    """The check itself: a path past the synchroniser."""
    write_firmware(DESIGN, tmp_path)
    path = tmp_path / "rtl" / "sf_bus_cross.sv"
    text = path.read_text(encoding="utf-8")
    assert text.count("obeyed <= request_seen;") == 1
    path.write_text(text.replace("obeyed <= request_seen;", "obeyed <= request;"), encoding="utf-8")
    spoilt = Netlist(synthesise(tmp_path / "rtl", tmp_path), FIRMWARE_TOP)
    more = found(spoilt, sources) - expected(crossings(sources, FIRMWARE_TOP))
    assert {(source, into) for _, source, _, into in more} >= {("u_core_bus.request", "u_core_bus.obeyed")}

"""Netlist as yosys' `write_json` writes it. Takes its text; gives the modules of the design with ports and cells.

Bits are numbers within a module; constants are the texts `0`, `1`, `x`, `z`. Library cells (black boxes) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.json_fields import load_object, mapping

Bit = int | str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its type (or module) without yosys' backslash, bits of each port (lowest first), parameters."""

    name: str
    kind: str
    connections: Mapping[str, tuple[Bit, ...]]
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a module: `input`, `output` or `inout`, and its bits."""

    direction: str
    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """A module: ports, cells, and the name of each bit that the sources name."""

    name: str
    ports: Mapping[str, Port]
    cells: tuple[Cell, ...]
    names: Mapping[int, str]
    top: bool


def parse_yosys_netlist(text: str, where: str = "netlist.json") -> dict[str, Module]:
    """Modules of a netlist by name.

    Raises
    ------
    FormatError
        It is no such netlist, or a cell has no type.
    """
    modules = mapping(load_object(text, "a yosys netlist", where, ("modules",))["modules"])
    try:
        return {
            name.removeprefix("\\"): _module(name, mapping(entry))
            for name, entry in modules.items()
            if not {"blackbox", "whitebox"} & set(mapping(entry.get("attributes")))
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise FormatError(Problem("not a yosys netlist: a module is not complete", where, got=repr(error))) from error


def _module(name: str, entry: Mapping[str, Any]) -> Module:
    """One module's record."""
    ports = {key: Port(port["direction"], tuple(port["bits"])) for key, port in mapping(entry.get("ports")).items()}
    cells = tuple(_cell(key, cell) for key, cell in mapping(entry.get("cells")).items())
    names = _names(mapping(entry.get("netnames")))
    return Module(name.removeprefix("\\"), ports, cells, names, "top" in mapping(entry.get("attributes")))


def _cell(name: str, entry: Mapping[str, Any]) -> Cell:
    """One cell's record."""
    bits = {port: tuple(found) for port, found in entry["connections"].items()}
    parameters = {key: str(value) for key, value in mapping(entry.get("parameters")).items()}
    return Cell(name.removeprefix("\\"), str(entry["type"]).removeprefix("\\"), bits, parameters)


def _names(entries: Mapping[str, Any]) -> dict[int, str]:
    """`vector[3]` for a bit of a vector; the shortest name of several, which is that of the outermost place."""
    names: dict[int, str] = {}
    for name, entry in entries.items():
        if entry.get("hide_name"):
            continue
        bits = entry["bits"]
        for index, bit in enumerate(bits):
            if isinstance(bit, int) and (bit not in names or len(name) < len(names[bit])):
                names[bit] = f"{name}[{index}]" if len(bits) > 1 else name
    return names

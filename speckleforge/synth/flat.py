"""A netlist without its hierarchy. Takes modules; gives every cell with nets that are numbers of the whole design.

Ports join nets: two names of one net get one number, and a net that a port ties to a constant becomes that constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from speckleforge.parsers.yosys_netlist import Bit, Cell, Module

CONSTANTS = ("0", "1", "x", "z")


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of the flat design: the path of the instance that holds it, and the cell with the design's nets."""

    path: str
    cell: Cell

    @property
    def name(self) -> str:
        """Path and name, without what flattening in yosys left in front."""
        return _joined(self.path, self.cell.name.removeprefix("$flatten").replace("\\", ""))


@dataclass(frozen=True)
class Flat:
    """A whole design: its cells, and the names of its nets as far as the sources name them."""

    cells: list[Placed]
    names: Mapping[int, str]


class _Nets:
    """Numbers of nets; joined ones have one representative."""

    def __init__(self) -> None:
        self.parent: list[int] = list(range(len(CONSTANTS)))
        self.names: list[tuple[int, str, str]] = []

    def new(self) -> int:
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def find(self, net: int) -> int:
        while self.parent[net] != net:
            self.parent[net] = self.parent[self.parent[net]]
            net = self.parent[net]
        return net

    def join(self, one: int, other: int) -> None:
        """Make two nets one; a constant represents what it is joined with."""
        low, high = sorted((self.find(one), self.find(other)))
        self.parent[high] = low

    def final(self, net: Bit) -> Bit:
        """Number of the joined net, or the constant."""
        found = self.find(int(net))
        return CONSTANTS[found] if found < len(CONSTANTS) else found


def flatten(modules: Mapping[str, Module], top: str) -> Flat:
    """The design below `top`; nets are integers, constants stay texts."""
    nets = _Nets()
    raw = list(_visit(modules, modules[top], "", {}, nets))
    cells = [Placed(path, _with_nets(cell, nets)) for path, cell in raw]
    names = {nets.find(net): _joined(path, name) for net, path, name in reversed(nets.names)}
    return Flat(cells, names)


def _visit(
    modules: Mapping[str, Module], module: Module, path: str, known: dict[Bit, int], nets: _Nets
) -> Iterator[tuple[str, Cell]]:
    """Cells of one instance, `known` being the nets that its ports bring."""

    def net(bit: Bit) -> int:
        if bit not in known:
            known[bit] = CONSTANTS.index(bit) if isinstance(bit, str) else nets.new()
        return known[bit]

    nets.names += [(net(bit), path, name) for bit, name in module.names.items()]
    for cell in module.cells:
        inner = modules.get(cell.kind)
        pins = {port: tuple(net(bit) for bit in bits) for port, bits in cell.connections.items()}
        if inner is None:
            yield path, Cell(cell.name, cell.kind, pins, cell.parameters)
        else:
            yield from _visit(modules, inner, _joined(path, cell.name), _entering(inner, pins, nets), nets)


def _entering(module: Module, pins: Mapping[str, tuple[int, ...]], nets: _Nets) -> dict[Bit, int]:
    """Nets of a module's port bits as seen from inside; a bit at two ports joins what hangs on them."""
    known: dict[Bit, int] = {}
    for name, port in module.ports.items():
        for bit, outer in zip(port.bits, pins.get(name, ()), strict=False):
            if isinstance(bit, str):
                nets.join(outer, CONSTANTS.index(bit))
            elif bit in known:
                nets.join(known[bit], outer)
            else:
                known[bit] = outer
    return known


def _with_nets(cell: Cell, nets: _Nets) -> Cell:
    """The cell with the nets that ports have joined."""
    pins = {port: tuple(map(nets.final, bits)) for port, bits in cell.connections.items()}
    return Cell(cell.name, cell.kind, pins, cell.parameters)


def _joined(path: str, name: str) -> str:
    """A name below a path."""
    return f"{path}.{name}" if path else name

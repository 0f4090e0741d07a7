"""Logic between registers. Takes a flat design; gives its longest paths, and a loop where there is one.

A level is one cell that a signal passes between two boundaries (registers, block RAM, multipliers with registers,
ports of the design): a LUT, a wide multiplexer, a block of a carry chain (4 bits of CARRY4, 8 of CARRY8, 2 of CCU2C), a
read of distributed RAM, a multiplier without registers. Inverters are none. That is how vendors count; nanoseconds are
another thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from speckleforge.synth.cells import arcs, kind_of
from speckleforge.synth.flat import Flat, Placed

Key = int | tuple[int, int]  # a net, or a carry inside the cell of that index


@dataclass(frozen=True)
class Path:
    """A path: levels in all and by kind of cell, the net that it starts on, and what the register at its end drives."""

    levels: int
    kinds: Mapping[str, int]
    start: str
    end: str


@dataclass(frozen=True)
class Graph:
    """Logic as a graph: for each net that logic drives, the nets that it needs and the index of the cell."""

    design: Flat
    inputs: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    cell: dict[Key, int] = field(default_factory=dict)

    @staticmethod
    def of(design: Flat) -> Graph:
        """The graph of these cells."""
        graph = Graph(design)
        for index, placed in enumerate(design.cells):
            for arc in arcs(placed.cell):
                if isinstance(arc.output, str):
                    continue
                key: Key = arc.output if isinstance(arc.output, int) else (index, arc.output[1])
                outside = tuple(bit for bit in arc.inputs if isinstance(bit, int))
                graph.inputs[key] = (*outside, *((index, item[1]) for item in arc.inside))
                graph.cell[key] = index
        return graph

    def placed(self, key: Key) -> Placed:
        """The cell that drives a net."""
        return self.design.cells[self.cell[key]]

    def sort(self) -> list[Key]:
        """Nets in topological order (Kahn); those on or behind a loop are left out."""
        users: dict[Key, list[Key]] = {}
        waiting: dict[Key, int] = {}
        for key, needed in self.inputs.items():
            driven = [item for item in needed if item in self.inputs]
            waiting[key] = len(driven)
            for item in driven:
                users.setdefault(item, []).append(key)
        order = [key for key, count in waiting.items() if count == 0]
        for key in order:  # it grows while it is walked
            for user in users.get(key, ()):
                waiting[user] -= 1
                if waiting[user] == 0:
                    order.append(user)
        return order

    def loop(self, order: list[Key]) -> tuple[str, ...]:
        """Names of the nets of one combinational loop; none where `order` holds every net."""
        done = set(order)
        key = next((key for key in self.inputs if key not in done), None)
        seen: dict[Key, int] = {}
        while key is not None and key not in seen:
            seen[key] = len(seen)
            key = next(item for item in self.inputs[key] if item in self.inputs and item not in done)
        nets = [item for item, place in seen.items() if key is not None and place >= seen[key]]
        return tuple(dict.fromkeys(net_name(self, item) for item in reversed(nets)))


def longest(graph: Graph, order: list[Key], group: Callable[[Placed], str]) -> dict[str, Path]:
    """The longest path that ends in each group's logic; of equals the first in the netlist's order."""
    weight = [int(kind_of(placed.cell) is not None) for placed in graph.design.cells]
    groups = [group(placed) for placed in graph.design.cells]
    depth: dict[Key, int] = {}
    back: dict[Key, Key] = {}
    best: dict[str, Key] = {}
    for key in order:
        index = graph.cell[key]
        most = 0
        for item in graph.inputs[key]:
            # A carry on its way through a cell has that cell's level already.
            reached = depth.get(item, 0) - (weight[index] if isinstance(item, tuple) else 0)
            if key not in back or reached > most:
                most, back[key] = reached, item
        depth[key] = most + weight[index]
        where = groups[index]
        if where not in best or depth[key] > depth[best[where]]:
            best[where] = key
    ends = _registers(graph, set(best.values()))
    return {where: _path(graph, key, depth[key], back, ends) for where, key in best.items()}


def _path(graph: Graph, end: Key, levels: int, back: Mapping[Key, Key], ends: Mapping[Key, str]) -> Path:
    """Follow a path back to where it began."""
    key, cells = end, [graph.cell[end]]
    while key in back and back[key] in graph.cell:
        key = back[key]
        if graph.cell[key] != cells[-1]:
            cells.append(graph.cell[key])
    kinds = Counter(kind for index in cells if (kind := kind_of(graph.design.cells[index].cell)))
    start = net_name(graph, back.get(key, key))
    return Path(levels, dict(sorted(kinds.items())), start, ends.get(end) or net_name(graph, end))


def _registers(graph: Graph, nets: set[Key]) -> dict[Key, str]:
    """For some nets: what a register that takes them drives, by name."""
    found: dict[Key, str] = {}
    for placed in graph.design.cells:
        pins = placed.cell.connections
        for net in nets.intersection(pins.get("D", ()) + pins.get("DI", ())):
            driven = [bit for bit in pins.get("Q", ()) if isinstance(bit, int)]
            named = [graph.design.names[bit] for bit in driven if bit in graph.design.names]
            found.setdefault(net, named[0] if named else placed.name)
    return found


def net_name(graph: Graph, key: Key) -> str:
    """The net's name in the sources; else that of the cell that drives it."""
    if isinstance(key, int) and key in graph.design.names:
        return graph.design.names[key]
    if key in graph.cell:
        return graph.placed(key).name
    return next((placed.name for placed in graph.design.cells if _gives(placed, key)), "a port")


def _gives(placed: Placed, key: Key) -> bool:
    """Whether a boundary drives a net: its outputs are called Q, P or DO..., and none of its inputs is."""
    return any(key in bits for port, bits in placed.cell.connections.items() if port[:2] in ("Q", "DO", "P"))

"""All chains of kernels that a target leaves, as a graph: streams are its nodes, kernels and adapters its edges.

A kernel leads from the stream before its group to the stream behind it; one that also computes the following group
skips a level. Seen from its end, the graph says for every stream what the rest of the chain costs and takes at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.types import TensorType
from speckleforge.lower.draft import Group
from speckleforge.lower.flow import STRAIGHT, Flow
from speckleforge.lower.lanes import sensible_lanes
from speckleforge.lower.options import Option, Shop, flows

LANE_STEPS = (1, 2)  # pools halve the lanes: even numbers, too


class Edge(NamedTuple):
    """A way from one stream to another.

    Attributes
    ----------
    option
        The kernel; None: none is needed.
    groups
        How many groups it computes: 0 for an adapter.
    """

    price: float
    target: Node
    option: Option | None
    flow: Flow
    groups: int

    def takes(self, resource: str) -> int:
        """What its kernel takes of a resource."""
        return getattr(self.option.resources, resource) if self.option else 0


class Node:
    """A stream in front of a group's kernel (`ready`), or behind the kernel before it.

    Attributes
    ----------
    level
        Groups that are done.
    so_far
        What a chain to here costs at least; infinite until one is known.
    adapted
        True where the cheapest of these comes through an adapter.
    to_go
        What the rest of the chain costs at least; infinite where there is none.
    cycles_to_go
        Cycles from this stream's last word to the chain's last one, at least.
    """

    __slots__ = ("adapted", "cycles_to_go", "edges", "level", "ready", "so_far", "stream", "to_go")

    def __init__(self, stream: StreamType, level: int, *, ready: bool) -> None:
        self.stream = stream
        self.level = level
        self.ready = ready
        self.edges: list[Edge] = []
        self.so_far = inf
        self.adapted = False
        self.to_go = inf
        self.cycles_to_go = 0


class Lattice:
    """The graph of one target.

    Parameters
    ----------
    shop
        Which kernels there are, and their prices.
    source, groups
        The input and what follows.
    """

    def __init__(self, shop: Shop, source: TensorType, groups: Sequence[Group]) -> None:
        self.shop = shop
        self.groups = groups
        self.behind: list[dict[StreamType, Node]] = [{} for _ in range(len(groups) + 1)]
        self.ready: list[dict[StreamType, Node]] = [{} for _ in range(len(groups) + 1)]
        for stream in sources(source):
            self._node(stream, 0, ready=True).so_far = 0.0
        for level in range(len(groups)):
            for node in list(self.behind[level].values()):
                self._join(node, self._adapted(node))
            for node in list(self.ready[level].values()):
                self._join(node, [*self._kernels(node, level), *self._fused(node, level)])
        self._look_back()

    @property
    def sources(self) -> list[Node]:
        """The input with every sensible number of lanes."""
        return list(self.ready[0].values())

    @property
    def ends(self) -> list[Node]:
        """The output."""
        return list(self.behind[-1].values())

    @property
    def cheapest(self) -> float:
        """Price of the cheapest chain; infinite where there is none."""
        return min((node.to_go for node in self.sources), default=inf)

    @property
    def nodes(self) -> Iterator[Node]:
        """Every node before those that its edges lead to."""
        for level in range(len(self.groups) + 1):
            yield from self.behind[level].values()
            yield from self.ready[level].values()

    def cheapest_chain(self) -> list[Edge]:
        """Edges of the cheapest chain, those that need no kernel left out; empty where there is none."""
        if self.cheapest == inf:
            return []
        node, chain = min(self.sources, key=lambda n: n.to_go), []
        while node.edges:
            edge = min(node.edges, key=lambda e: e.price + e.target.to_go)
            chain.append(edge)
            node = edge.target
        return [edge for edge in chain if edge.option]

    def least(self, resource: str) -> dict[Node, int]:
        """For each node what the rest of the chain takes of a resource at least."""
        found: dict[Node, int] = {}
        for node in reversed(list(self.nodes)):
            ways = [e.takes(resource) + found[e.target] for e in node.edges if e.target in found]
            if ways or node.level == len(self.groups):
                found[node] = min(ways, default=0)
        return found

    def _join(self, node: Node, edges: Iterable[Edge]) -> None:
        """Give a node its edges, and say of what they lead to what it costs to get there."""
        for edge in edges:
            node.edges.append(edge)
            if node.so_far + edge.price < edge.target.so_far:
                edge.target.so_far = node.so_far + edge.price
                edge.target.adapted = edge.option is not None and edge.groups == 0

    def _node(self, stream: StreamType, level: int, *, ready: bool) -> Node:
        nodes = (self.ready if ready else self.behind)[level]
        if stream not in nodes:
            nodes[stream] = Node(stream, level, ready=ready)
        return nodes[stream]

    def _adapted(self, node: Node) -> Iterator[Edge]:
        """The stream as it is, and through one adapter."""
        yield Edge(0.0, self._node(node.stream, node.level, ready=True), None, STRAIGHT, 0)
        for option in self.shop.adapters(node.stream):
            target = self._node(option.kernel.sink, node.level, ready=True)
            yield Edge(option.price, target, option, option.item.flow if self.shop.timed else STRAIGHT, 0)

    def _kernels(self, node: Node, level: int) -> Iterator[Edge]:
        found = self.shop.kernels(self.groups[level].op, node.stream, adapted=node.adapted)
        yield from self._edges(found, level, 1)

    def _fused(self, node: Node, level: int) -> Iterator[Edge]:
        if level + 1 < len(self.groups):
            op, after = self.groups[level].op, self.groups[level + 1].op
            yield from self._edges(self.shop.fused(op, node.stream, after, adapted=node.adapted), level, 2)

    def _edges(self, options: list[Option], level: int, groups: int) -> Iterator[Edge]:
        timings = flows(options) if self.shop.timed else [STRAIGHT] * len(options)
        for option, flow in zip(options, timings, strict=True):
            target = self._node(option.kernel.sink, level + groups, ready=False)
            yield Edge(option.price, target, option, flow, groups)

    def _look_back(self) -> None:
        """Costs and cycles to the end, from the end."""
        for node in self.ends:
            node.to_go = 0.0
        for node in reversed(list(self.nodes)):
            ways = [edge for edge in node.edges if edge.target.to_go < inf]
            if ways:
                node.to_go = min(edge.price + edge.target.to_go for edge in ways)
                node.cycles_to_go = min(edge.flow.least_behind + edge.target.cycles_to_go for edge in ways)
            node.edges = ways


def sources(source: TensorType) -> list[StreamType]:
    """The input with every sensible number of lanes."""
    width = source.image[2]
    lanes = sorted({n for step in LANE_STEPS for n in sensible_lanes(width, step=step)})
    return [stream_of(source, n) for n in lanes]

"""The topology: operators, shapes, bit widths. Follows from the spec alone; holds no learned value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.op import Op
from speckleforge.ir.types import ParamSpec, TensorType


@dataclass(frozen=True)
class Node:
    """One operator: `name = op(source) : out`. The input node has no op and no source."""

    name: str
    op: Op | None
    source: str
    out: TensorType

    @property
    def kind(self) -> str:
        """The layer's kind; `input` for the input node."""
        return self.op.kind if self.op else "input"


@dataclass(frozen=True)
class Topology:
    """Nodes in order of execution, the input first. Verified at construction."""

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        verify_topology(self)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def node(self, name: str) -> Node:
        """The node called `name`; raises `DesignError` if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise DesignError(Problem("no such node", got=name, allowed=", ".join(n.name for n in self.nodes)))

    def source_type(self, node: Node) -> TensorType:
        """Type of the tensor that `node` reads."""
        return self.node(node.source).out

    def steps(self) -> Iterator[tuple[Node, Op, TensorType]]:
        """Every node with an operator: (node, op, type of its input)."""
        for node in self.nodes:
            if node.op is not None:
                yield node, node.op, self.source_type(node)

    def parameters(self) -> Iterator[tuple[Node, ParamSpec]]:
        """Every learned parameter in canonical order: topology order, then the op's own order."""
        for node, op, source in self.steps():
            for spec in op.parameters(source):
                yield node, spec

    @property
    def kinds(self) -> tuple[str, ...]:
        """Layer kinds in use, sorted, each once."""
        return tuple(sorted({node.kind for node in self.nodes if node.op is not None}))

    @property
    def network_parameters(self) -> int:
        """Trained values of the network, without the head."""
        return sum(op.network_parameters(source) for _, op, source in self.steps())

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one frame, without the head."""
        return sum(op.macs(source) for _, op, source in self.steps())


def verify_topology(topology: Topology) -> None:
    """Check names, order, single input and every inferred type.

    Raises
    ------
    DesignError
        Naming the node at fault.
    """
    seen: dict[str, TensorType] = {}
    for position, node in enumerate(topology.nodes):
        if node.name in seen:
            raise DesignError(Problem("two nodes have one name", got=node.name))
        if (node.op is None) != (position == 0):
            raise DesignError(Problem("a topology has one input node, the first", got=node.name))
        if node.op is not None:
            if node.source not in seen:
                raise DesignError(Problem("source is not defined before use", node.name, node.source))
            check_follows(node.op, topology.node(node.source))
            inferred = node.op.infer(seen[node.source])
            if inferred != node.out:
                raise DesignError(
                    Problem("declared type differs from the inferred one", node.name, str(node.out), str(inferred))
                )
        seen[node.name] = node.out


def check_follows(op: Op, source: Node) -> None:
    """Raise `DesignError` where `op` cannot stand right behind the node `source`."""
    if op.FOLLOWS and source.kind not in op.FOLLOWS:
        allowed = " or ".join(op.FOLLOWS)
        what, step = f"{op.kind} does not follow {allowed}", f"move it right behind a {allowed}"
        raise DesignError(Problem(what, got=f"behind {source.kind}", allowed=allowed, next_step=step))


def structure(topology: Topology) -> list[dict[str, object]]:
    """The network without precision, as JSON: what training sees."""
    rows: list[dict[str, object]] = [
        {
            "name": topology.nodes[0].name,
            "kind": "input",
            "inputs": [],
            "fields": {},
            "shape": list(topology.nodes[0].out.shape),
        }
    ]
    for node, op, _ in topology.steps():
        rows.append(
            {
                "name": node.name,
                "kind": node.kind,
                "inputs": [node.source],
                "fields": op.structure(),
                "shape": list(node.out.shape),
            }
        )
    return rows

"""Pass: nodes into groups, one group a kernel. Nodes that are wires vanish into the kernel before them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.op import Op
from speckleforge.ir.topology import Node
from speckleforge.ir.types import TensorType
from speckleforge.lower.draft import Draft, Group


@dataclass(frozen=True)
class GroupNodes:
    """A flatten, a folded batchnorm, and a relu that cannot change its (unsigned) input, need no hardware.

    Their integers are those of the kernel before, whose boundary becomes the later node. A relu behind a signed tensor
    keeps its kernel.
    """

    wires: tuple[str, ...] = ("batchnorm", "flatten")
    rectifiers: tuple[str, ...] = ("relu",)

    @property
    def name(self) -> str:
        """Name in errors."""
        return "group"

    def run(self, draft: Draft) -> Draft:
        """Fill `groups`."""
        groups: list[Group] = []
        for node, op, source in draft.topology.steps():
            self._chained(draft, node)
            if not self._vanishes(op, source):
                groups.append(Group(node.name, op, node.name))
            elif groups:
                groups[-1] = replace(groups[-1], boundary=node.name)
        if not groups:
            raise DesignError(Problem("no node of the topology needs hardware", next_step="add a layer that computes"))
        return replace(draft, groups=tuple(groups))

    def _vanishes(self, op: Op, source: TensorType) -> bool:
        return op.kind in self.wires or (op.kind in self.rectifiers and not source.type.signed)

    def _chained(self, draft: Draft, node: Node) -> None:
        order = [n.name for n in draft.topology]
        before = order[order.index(node.name) - 1]
        if node.source != before:
            raise DesignError(Problem("the hardware is a chain", node.name, f"source {node.source}", before))

"""What the passes hand on: a design in the making. Frozen; a pass gives a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from speckleforge.ir.cycles import CycleReport
from speckleforge.ir.design import Design, Instance, Settings
from speckleforge.ir.op import Op
from speckleforge.ir.resources import Resources
from speckleforge.ir.topology import Topology
from speckleforge.lower.request import Board, Hardware

NOTHING = Resources()


@dataclass(frozen=True)
class Group:
    """Neighbouring nodes that one kernel computes.

    Attributes
    ----------
    name, op
        Of the first node.
    boundary
        The last node: what the kernel's output stream carries.
    """

    name: str
    op: Op
    boundary: str


@dataclass(frozen=True)
class Draft:
    """A topology on its way to a design.

    Attributes
    ----------
    groups
        One for each kernel, in order; filled by `group`.
    instances
        The chain; filled by `fold`, joined by `adapt`.
    crossings
        (instance, region left, region entered): behind which kernels the chain leaves a super logic region; filled by
        `fold`.
    joined
        True once every stream joins: from then on the draft is a valid `Design` after every pass.
    cycles
        Of the chain, from the cycle model; filled by `fifo`.
    reserve
        What no kernel may take in any region, because a design that was finished took so much more than `fold` knew.
    """

    topology: Topology
    hardware: Hardware
    board: Board
    groups: tuple[Group, ...] = ()
    instances: tuple[Instance, ...] = ()
    crossings: tuple[tuple[str, int, int], ...] = ()
    joined: bool = False
    cycles: CycleReport | None = None
    reserve: Resources = NOTHING

    def design(self) -> Design:
        """The verified design; raises `DesignError` while streams do not join."""
        asked = self.hardware
        settings = Settings(self.board.family, self.board.interface, asked.clock_khz, asked.banks, asked.boot)
        return Design(self.topology, settings, self.instances)


class Pass(Protocol):
    """One step of lowering: a frozen dataclass whose fields are its options."""

    @property
    def name(self) -> str:
        """Name in errors."""

    def run(self, draft: Draft) -> Draft:
        """A new draft; the given one if there is nothing to do."""

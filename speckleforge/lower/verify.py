"""Pass: the last look at a design before it leaves the room."""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.design import Design, Instance, parse_design, print_design
from speckleforge.layers import kernel_class, op_class
from speckleforge.lower.draft import Draft, Group


@dataclass(frozen=True)
class Verify:
    """Everything is joined, every group has its kernel or is computed by the one before, and the text reads back as the
    same design.
    """

    @property
    def name(self) -> str:
        """Name in errors."""
        return "verify"

    def run(self, draft: Draft) -> Draft:
        """The draft, unchanged."""
        design = draft.design()
        left = list(draft.groups)
        for item in design.instances:
            if item.kernel.op is not None:
                left = self._computed(item, left)
        if left:
            raise DesignError(Problem("a group has no kernel", left[0].name))
        self._round_trip(design)
        return draft

    def _computed(self, item: Instance, left: list[Group]) -> list[Group]:
        """The groups that are left behind a kernel: it computes the first of them, or the first few."""
        if not left or (left[0].name, left[0].op) != (item.name, item.kernel.op):
            raise DesignError(Problem("a kernel has not exactly its group", item.name))
        ends = [number for number, group in enumerate(left, start=1) if group.boundary == item.boundary]
        if not ends:
            raise DesignError(Problem("a kernel does not end where a group ends", item.name, item.boundary))
        return left[ends[0] :]

    def _round_trip(self, design: Design) -> None:
        text = print_design(design)
        if parse_design(text, op_class, kernel_class) != design:
            raise DesignError(Problem("the design's text does not read back as the same design", got=text))

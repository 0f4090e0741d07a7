"""Pass: the last look at a design before it leaves the room."""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.design import Design, parse_design, print_design
from speckleforge.layers import kernel_class, op_class
from speckleforge.lower.draft import Draft


@dataclass(frozen=True)
class Verify:
    """Everything is joined, every group has its kernel, and the text reads back as the same design."""

    @property
    def name(self) -> str:
        """Name in errors."""
        return "verify"

    def run(self, draft: Draft) -> Draft:
        """The draft, unchanged."""
        design = draft.design()
        for group in draft.groups:
            found = [i for i in design.instances if i.name == group.name]
            if len(found) != 1 or found[0].boundary != group.boundary or found[0].kernel.op != group.op:
                raise DesignError(Problem("a group has not exactly its kernel", group.name, str(len(found))))
        self._round_trip(design)
        return draft

    def _round_trip(self, design: Design) -> None:
        text = print_design(design)
        if parse_design(text, op_class, kernel_class) != design:
            raise DesignError(Problem("the design's text does not read back as the same design", got=text))

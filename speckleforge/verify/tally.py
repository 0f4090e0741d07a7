"""What was compared and what differed. Takes pairs of arrays; gives a verdict that cannot pass without comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem
from speckleforge.verify.compare import Mismatch, first_difference


@dataclass
class Tally:
    """Comparisons by engine and boundary.

    Attributes
    ----------
    order
        Boundaries in the topology's order: the first one that differs is where to look.
    compared
        engine -> boundary -> elements compared.
    """

    order: tuple[str, ...]
    compared: dict[str, dict[str, int]] = field(default_factory=dict)
    _found: dict[str, dict[str, Mismatch]] = field(default_factory=dict)

    def compare(
        self, engine: str, node: str, expected: NDArray[Any], got: NDArray[Any], patterns: Iterable[int] | None = None
    ) -> None:
        """Compare every element of [n, *shape]; `patterns` names the frames in messages.

        Raises
        ------
        MismatchError
            If there is nothing to compare or the shapes differ.
        """
        found = first_difference(expected, got, node)
        counts = self.compared.setdefault(engine, {})
        counts[node] = counts.get(node, 0) + expected.size
        if found is None:
            return
        if patterns is not None:
            found = replace(found, pattern=int(np.asarray(list(patterns))[found.pattern]))
        before = self._found.setdefault(engine, {}).get(node)
        if before is not None:
            found = replace(before, count=before.count + found.count)
        self._found[engine][node] = found

    @property
    def mismatches(self) -> int:
        """Elements that differ, over all engines and boundaries."""
        return sum(item.count for nodes in self._found.values() for item in nodes.values())

    def first(self, engine: str) -> Mismatch | None:
        """The engine's first difference, in the topology's order."""
        found = self._found.get(engine, {})
        for node in self.order:
            if node in found:
                return replace(found[node], total=self.compared[engine][node])
        return next(iter(found.values()), None)

    def failures(self) -> list[tuple[str, Mismatch]]:
        """(engine, its first difference) of every engine that differs."""
        firsts = ((engine, self.first(engine)) for engine in self.compared)
        return [(engine, first) for engine, first in firsts if first is not None]

    def verdict(self, engines: Iterable[str], boundaries: Iterable[str]) -> None:
        """Pass only if every engine was compared at its last boundary, one of them at each, and nothing differs.

        Raises
        ------
        MismatchError
            Naming each engine that differs with its first boundary, element and both values; or what was not compared.
        """
        problems = [p for engine, first in self.failures() for p in first.error(engine).problems]
        for engine in engines:
            if not self.compared.get(engine):
                problems.append(Problem("nothing was compared", engine, "0 elements"))
            elif self.order[-1] not in self.compared[engine]:
                problems.append(Problem("the last boundary was not compared", engine, allowed=self.order[-1]))
        seen = {node for nodes in self.compared.values() for node in nodes}
        problems += [Problem("boundary was not compared", node) for node in boundaries if node not in seen]
        if problems:
            raise MismatchError(problems)

"""Where two executions part. Takes two arrays of integers; gives the first difference, or None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem

_AXES = {3: ("channel", "row", "column"), 1: ("feature",)}


@dataclass(frozen=True)
class Mismatch:
    """The first element in which an execution differs from the reference.

    Attributes
    ----------
    node
        Topology node whose integers differ.
    pattern
        Index of the pattern.
    index
        (channel, row, column) or (feature,).
    expected, got
        Both values.
    count, total
        Elements that differ, and elements compared, at this node.
    """

    node: str
    pattern: int
    index: tuple[int, ...]
    expected: int
    got: int
    count: int
    total: int

    def __str__(self) -> str:
        names = _AXES.get(len(self.index), tuple(f"axis {axis}" for axis in range(len(self.index))))
        place = ", ".join(f"{name} {value}" for name, value in zip(names, self.index, strict=True))
        where = f"{self.node}, pattern {self.pattern}, {place}"
        return f"{where}: expected {self.expected}, got {self.got} ({self.count} of {self.total} elements differ)"

    def error(self, engine: str) -> MismatchError:
        """The error to raise: names the engine, the node, the element and both values."""
        allowed, got = f"{self.expected} (reference)", f"{self.got} ({engine})"
        return MismatchError(Problem(f"{engine} differs from the reference", str(self), got, allowed))


def first_difference(expected: NDArray[Any], got: NDArray[Any], node: str) -> Mismatch | None:
    """Compare integers [N, *shape] element by element; None where all are equal.

    Raises
    ------
    MismatchError
        If there is nothing to compare or the shapes differ: a comparison must have compared.
    """
    if expected.shape != got.shape or expected.size == 0:
        raise MismatchError(
            Problem("nothing to compare, or shapes differ", node, str(list(got.shape)), str(list(expected.shape)))
        )
    different = np.asarray(expected, np.int64) != np.asarray(got, np.int64)
    count = int(different.sum())
    if count == 0:
        return None
    pattern, *index = (int(i) for i in np.unravel_index(int(different.argmax()), different.shape))
    place = (pattern, *index)
    return Mismatch(node, pattern, tuple(index), int(expected[place]), int(got[place]), count, expected.size)


def first_differing_node(
    expected: Mapping[str, NDArray[Any]], got: Mapping[str, NDArray[Any]], order: Iterable[str]
) -> Mismatch | None:
    """The first difference at the first node, in `order`, where there is one; every node that `got` has counts.

    Raises
    ------
    MismatchError
        If no node is in both.
    """
    common = [name for name in order if name in expected and name in got]
    if not common:
        raise MismatchError(Problem("no node to compare", got=", ".join(got), allowed=", ".join(expected)))
    for name in common:
        found = first_difference(expected[name], got[name], name)
        if found is not None:
            return found
    return None

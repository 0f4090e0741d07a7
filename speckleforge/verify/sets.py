"""Patterns, parameter sets and what they must give. Takes vectors and parameters; gives expected values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, MismatchError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.topology import Topology
from speckleforge.layers.execute import run_topology

BATCH = 32  # patterns computed at once


@dataclass(frozen=True)
class WeightSet:
    """A parameter set and what it gives.

    Attributes
    ----------
    name
        `exported` or `random <n>`.
    image
        The weight image.
    expected
        Node -> integers [N, *shape] for patterns 0..N-1.
    """

    name: str
    image: bytes
    expected: Mapping[str, NDArray[Any]]

    @property
    def patterns(self) -> int:
        """Patterns with an expected value."""
        return len(next(iter(self.expected.values())))

    @property
    def image_id(self) -> int:
        """The image's id."""
        return int.from_bytes(self.image[8:12], "little")


def read_vectors(folder: Path, topology: Topology) -> dict[str, NDArray[Any]]:
    """The golden vectors: node -> integers [N, *shape], memory-mapped.

    Raises
    ------
    FormatError
        If a node is missing or has another shape.
    MismatchError
        If there is no pattern.
    """
    try:
        count = int(json.loads((folder / "vectors.json").read_text(encoding="utf-8"))["patterns"])
    except (OSError, ValueError, KeyError) as error:
        raise FormatError(Problem("no golden vectors", str(folder), repr(error))) from error
    if count < 1:
        raise MismatchError(Problem("no pattern to compare", str(folder)))
    found = {}
    for node in topology:
        path = folder / f"{node.name}.npy"
        if not path.is_file():
            raise FormatError(Problem("golden vectors lack a node", path.name))
        found[node.name] = np.load(path, mmap_mode="r")
        if found[node.name].shape != (count, *node.out.shape):
            got, allowed = str(list(found[node.name].shape)), str([count, *node.out.shape])
            raise FormatError(Problem("golden vector has another shape", path.name, got, allowed))
    return found


def reference_batches(
    topology: Topology, words: NDArray[Any], params: Mapping[str, Ints]
) -> Iterator[tuple[slice, dict[str, Ints]]]:
    """(patterns, node -> integers) of the integer reference, a batch at a time."""
    for start in range(0, len(words), BATCH):
        batch = slice(start, min(start + BATCH, len(words)))
        yield batch, run_topology(topology, np.asarray(words[batch], np.int64), params)


def reference(topology: Topology, words: NDArray[Any], params: Mapping[str, Ints]) -> dict[str, NDArray[Any]]:
    """Node -> integers [N, *shape] of the integer reference, in the nodes' smallest types."""
    kinds = {node.name: node.out.type.numpy for node in topology}
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in kinds}
    for _, values in reference_batches(topology, words, params):
        for name, value in values.items():
            parts[name].append(value.astype(kinds[name]))
    return {name: np.concatenate(part) for name, part in parts.items()}

"""Golden vectors: the reference's integers at every node for real test patterns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from speckleforge.artifacts.dataset import Dataset
from speckleforge.errors import FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.topology import Topology


def choose_patterns(dataset: Dataset, count: int) -> Ints:
    """`count` patterns of the test split, the classes in turn: int64 positions, fewer where the split has fewer.

    Raises
    ------
    FormatError
        If the split is empty.
    """
    test = dataset.indices("test")
    if not len(test):
        raise FormatError(Problem("the data set has no test patterns", "dataset/dataset.h5"))
    labels = dataset.label[test]
    # Rank within its own class; then rank first, class second: round robin.
    rank = np.zeros(len(test), np.int64)
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        # Spread over the class, whose patterns are ordered by particle.
        rank[mine[np.argsort(np.arange(len(mine)) * 7919 % len(mine), kind="stable")]] = np.arange(len(mine))
    order = np.lexsort((labels, rank))
    return np.asarray(test[order[:count]], dtype=np.int64)


def input_words(dataset: Dataset, chosen: Ints, topology: Topology) -> Ints:
    """Detector words [N, channels, rows, columns] of those patterns; raises `FormatError` for another image size."""
    first = topology.nodes[0].out
    words = np.asarray(dataset.photons[chosen], dtype=np.int64)
    if words[0].size != first.size:
        got = str(list(words.shape[1:]))
        raise FormatError(Problem("patterns are not of the network's input shape", "dataset", got, str(first)))
    return words.reshape(len(words), *first.shape)


def write_vectors(folder: Path, topology: Topology, values: Mapping[str, Ints]) -> None:
    """`vectors.json` and `<node>.npy` for every node, in the smallest numpy integer type (the head: int64)."""
    folder.mkdir()
    names = [node.name for node in topology]
    for node in topology:
        kind = "int64" if node.kind == "head" else node.out.type.numpy
        np.save(folder / f"{node.name}.npy", values[node.name].astype(kind))
    record = {"patterns": len(values[names[0]]), "nodes": names}
    (folder / "vectors.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def read_vectors(folder: Path) -> dict[str, Ints]:
    """Inverse of `write_vectors`: node -> int64 [N, *shape], input first."""
    record = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
    return {name: np.load(folder / f"{name}.npy").astype(np.int64) for name in record["nodes"]}

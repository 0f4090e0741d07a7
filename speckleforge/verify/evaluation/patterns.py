"""Patterns through the emulator, a chunk at a time. Takes words; gives the integers that the hardware computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import Dataset
from speckleforge.artifacts.episodes import Indices
from speckleforge.errors import FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Node, Topology
from speckleforge.layers.head.op import Head
from speckleforge.verify.evaluation.trial import Progress
from speckleforge.verify.library import Library

CHUNK = 128  # patterns at a time: every node's integers of a chunk are in memory
SATURATING = ("compand", "avgpool2d", "prelu")
Words = NDArray[Any]


def head_of(topology: Topology) -> tuple[Node, Head]:
    """The head; raises `FormatError` where the network has none."""
    last = topology.nodes[-1]
    if not isinstance(last.op, Head):
        raise FormatError(Problem("the network has no head to evaluate", last.name, last.kind, "head"))
    return last, last.op


def saturating_nodes(topology: Topology) -> list[str]:
    """Nodes that saturate: linear layers, and others that requantise."""
    return [node.name for node, op, _ in topology.steps() if isinstance(op, LinearOp) or op.kind in SATURATING]


def saturated(values: Ints, node: Node) -> int:
    """Elements at the end of their range; 0 of an unsigned type is the rectifier and no saturation."""
    at_end = values == node.out.type.max
    if node.out.type.signed:
        at_end |= values == node.out.type.min
    return int(at_end.sum())


@dataclass(frozen=True)
class Measured:
    """The test patterns as they are.

    Attributes
    ----------
    embeddings
        int64 [N, L].
    records
        int64 [N, slots + 4]: the head's scores and decisions.
    saturated
        Node (the input first) -> share of its elements at the end of their range.
    """

    embeddings: Ints
    records: Ints
    saturated: dict[str, float]


def chunks(data: Dataset, rows: Indices, progress: Progress, what: str) -> Iterator[Words]:
    """Words [n, rows, columns] of the patterns `rows`; tells how far it is."""
    for start in range(0, len(rows), CHUNK):
        yield np.asarray(data.photons[rows[start : start + CHUNK]])
        done = min(start + CHUNK, len(rows))
        progress(done / len(rows), f"{what}: {done} of {len(rows)} patterns")


def measure(emulator: Library, data: Dataset, rows: Indices, progress: Progress) -> Measured:
    """Run the patterns `rows`."""
    topology = emulator.topology
    first, (head, _) = topology.nodes[0], head_of(topology)
    counts = dict.fromkeys([first.name, *saturating_nodes(topology)], 0)
    wanted = list(dict.fromkeys([*list(counts)[1:], head.source, head.name]))
    embeddings, records = [], []
    for words in chunks(data, rows, progress, "hardware"):
        values = {first.name: words.astype(np.int64), **emulator.run(words, wanted)}
        embeddings.append(values[head.source])
        records.append(values[head.name])
        for name in counts:
            counts[name] += saturated(values[name], topology.node(name))
    sizes = {name: topology.node(name).out.size * len(rows) for name in counts}
    shares = {name: round(count / max(sizes[name], 1), 6) for name, count in counts.items()}
    return Measured(np.concatenate(embeddings), np.concatenate(records), shares)


def embed(emulator: Library, changed: Iterator[Words]) -> Ints:
    """Embeddings [N, L] of words that come in chunks."""
    head, _ = head_of(emulator.topology)
    return np.concatenate([emulator.run(words, [head.source])[head.source] for words in changed])

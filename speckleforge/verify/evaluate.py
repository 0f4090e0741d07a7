"""The stage `evaluate`: accuracy of the hardware's own integers. Runs every test pattern through the emulator.

Takes the data set, the built emulator and the weight image; gives `accuracy.json`. Never sees a float of the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.artifacts.fewshot import accuracy_record, possible_shots
from speckleforge.errors import FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Node, Topology
from speckleforge.layers.head.op import RECORD
from speckleforge.verify.emulator import LIBRARY, Emulator

CHUNK = 128  # patterns at a time: every node's integers of a chunk are in memory
UNKNOWN = -1


def head_of(topology: Topology) -> Node:
    """The head; raises `FormatError` where the network has none."""
    last = topology.nodes[-1]
    if last.kind != "head":
        raise FormatError(Problem("the network has no head to evaluate", last.name, last.kind, "head"))
    return last


def saturating_nodes(topology: Topology) -> list[str]:
    """Nodes that saturate: linear layers and the companding."""
    return [node.name for node, op, _ in topology.steps() if isinstance(op, LinearOp) or op.kind == "compand"]


def saturated(values: Ints, node: Node) -> int:
    """Elements at the end of their range; 0 of an unsigned type is the rectifier and no saturation."""
    at_end = values == node.out.type.max
    if node.out.type.signed:
        at_end |= values == node.out.type.min
    return int(at_end.sum())


def _chunks(
    emulator: Emulator, data: Dataset, rows: NDArray[np.int64], nodes: Sequence[str]
) -> Iterator[tuple[int, dict[str, Ints]]]:
    """(patterns done, integers at the nodes) for each chunk."""
    for start in range(0, len(rows), CHUNK):
        chosen = rows[start : start + CHUNK]
        yield start + len(chosen), emulator.run(np.asarray(data.photons[chosen]), nodes)


def run_patterns(ctx: StageContext, emulator: Emulator, data: Dataset) -> tuple[Ints, Ints, dict[str, float]]:
    """Embeddings [N, L], head records [N, slots + 4] and the saturated fraction by node, for the test split."""
    topology, rows = emulator.topology, data.indices("test")
    head, counted = head_of(emulator.topology), saturating_nodes(emulator.topology)
    counts = dict.fromkeys(counted, 0)
    embeddings, records = [], []
    for done, values in _chunks(emulator, data, rows, [*dict.fromkeys([*counted, head.source, head.name])]):
        embeddings.append(values[head.source])
        records.append(values[head.name])
        for name in counted:
            counts[name] += saturated(values[name], topology.node(name))
        ctx.progress(0.6 * done / len(rows), f"{done} of {len(rows)} patterns")
    sizes = {name: topology.node(name).out.size * len(rows) for name in counted}
    fractions = {name: round(count / max(sizes[name], 1), 6) for name, count in counts.items()}
    return np.concatenate(embeddings), np.concatenate(records), fractions


def confusion(labels: Ints, decided: Ints, classes: Sequence[str]) -> dict[str, dict[str, int]]:
    """True class -> decided class (or `unknown`) -> patterns."""
    names = {**dict(enumerate(classes)), UNKNOWN: "unknown"}
    return {
        truth: {name: int(((labels == index) & (decided == code)).sum()) for code, name in names.items()}
        for index, truth in enumerate(classes)
    }


def veto_view(labels: Ints, keep: Ints, classes: Sequence[str]) -> dict[str, Any]:
    """What the veto does: the fraction of frames kept, in all and of each class."""
    kept = {name: round(float(keep[labels == index].mean()), 6) for index, name in enumerate(classes)}
    return {"kept_of_all": round(float(keep.mean()), 6), "kept": kept}


def decisions(records: Ints, labels: Ints, classes: Sequence[str]) -> dict[str, Any]:
    """The head's decisions with the prototypes of the weight image."""
    columns = dict(zip(RECORD, records[:, -len(RECORD) :].T, strict=True))
    decided = columns["class"]
    recall = [float((decided[labels == index] == index).mean()) for index in np.unique(labels)]
    return {
        "balanced_accuracy": round(float(np.mean(recall)), 6),
        "unknown": round(float((decided == UNKNOWN).mean()), 6),
        "confusion": confusion(labels, decided, classes),
        "veto": veto_view(labels, columns["keep"], classes),
    }


def few_shot_record(
    embeddings: Ints, labels: Ints, particles: Ints, params: Mapping[str, Any], seed: int
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Accuracy by shots, and single against multi, in the same episodes as the training's floats."""
    classes = list(params["classes"])
    shots = possible_shots(labels, particles, params["shots"], classes=len(classes))
    if not shots:
        reason = "the test split has too few patterns of a class for any of the shots asked"
        return {"reason": reason}, None
    return accuracy_record(embeddings, labels, particles, classes, shots=shots, seed=seed)


def run(ctx: StageContext) -> None:
    """Evaluate.

    Raises
    ------
    FormatError
        If the image is not for this emulator, or the data set has no test patterns of the network's input shape.
    """
    data = read_dataset(ctx.inputs["dataset"])
    rows = data.indices("test")
    if not len(rows):
        raise FormatError(Problem("the data set has no test patterns", "dataset/dataset.h5"))
    emulator = Emulator(ctx.inputs["simulators"] / LIBRARY).load(ctx.inputs["weights"].read_bytes())
    embeddings, records, fractions = run_patterns(ctx, emulator, data)
    labels, particles = data.label[rows], data.particle[rows]
    trained = ctx.read_json("checkpoint_metrics")
    by_shots, pair = few_shot_record(embeddings, labels, particles, ctx.params, int(trained.get("seed", 0)))
    record = {
        "integer": by_shots,
        "float": trained.get("accuracy", {}).get("float"),
        "single_vs_multi": pair,
        "head": decisions(records, labels, list(ctx.params["classes"])),
        "saturated": fractions,
        "patterns": len(rows),
        "engine": "emulator",
    }
    ctx.write_json("accuracy.json", {key: value for key, value in record.items() if value is not None})

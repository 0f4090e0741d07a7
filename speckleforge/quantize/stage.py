"""The stage `quantize`: writes `quantised.safetensors` and `quantisation.json`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import Dataset, read_dataset
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.text import parse_topology
from speckleforge.ir.topology import Topology
from speckleforge.layers import op_class
from speckleforge.layers.execute import run_topology
from speckleforge.layers.head.op import Head
from speckleforge.layers.parameters import conform, write_parameters
from speckleforge.quantize.floats import Floats
from speckleforge.quantize.head import enrol
from speckleforge.quantize.network import Quantised, quantise_network
from speckleforge.quantize.training import train_network

CALIBRATION_PATTERNS = 128
ENROLMENT_PATTERNS = 64
"""Validation patterns per class that the boot image's prototypes are the mean of."""
START_SHARE = 0.05
"""Part of the work that finding the first scales is, where training follows."""


def _read_checkpoint(ctx: StageContext) -> dict[str, Floats]:
    from safetensors.numpy import load_file

    return {name: value.astype(np.float64) for name, value in load_file(ctx.inputs["checkpoint"]).items()}


def words_of(data: Dataset, rows: NDArray[np.int64]) -> Ints:
    """Detector words of some patterns: int64 [n, 1, rows, columns]."""
    return np.asarray(data.photons[rows], np.int64)[:, None]


def calibration_rows(data: Dataset) -> NDArray[np.int64]:
    """Positions of the calibration patterns: drawn from the training split, always the same ones."""
    rows = data.indices("train")
    count = min(CALIBRATION_PATTERNS, len(rows))
    return np.sort(np.random.default_rng(0).choice(rows, size=count, replace=False))


def enrolment_rows(data: Dataset) -> NDArray[np.int64]:
    """Positions of validation patterns, evenly spread over the particles of each class."""
    rows = data.indices("validate")
    picked = []
    for label in np.unique(data.label[rows]):
        mine = rows[data.label[rows] == label]
        picked.append(mine[np.linspace(0, len(mine) - 1, min(ENROLMENT_PATTERNS, len(mine))).astype(np.int64)])
    return np.concatenate(picked)


def _enrol_head(topology: Topology, found: Quantised, data: Dataset, classes: list[str]) -> dict[str, Any] | None:
    """Fill the head's parameters, if the topology has one."""
    for node, op, source in topology.steps():
        if isinstance(op, Head):
            rows = enrolment_rows(data)
            values = run_topology(topology, words_of(data, rows), found.values, until=node.source)
            head = enrol(op, source, values[node.source], data.label[rows], classes)
            found.values |= {f"{node.name}.{name}": value for name, value in head.values.items()}
            return {"node": node.name, **head.record}
    return None


def _quantised(ctx: StageContext, topology: Topology, data: Dataset, words: Ints) -> tuple[Quantised, dict[str, Any]]:
    """The network's integers, by the method of the spec, and what it has to say."""
    how, tensors = ctx.params["quantize"], _read_checkpoint(ctx)
    trains = how["method"] == "training"
    share = START_SHARE if trains else 1.0
    frac = int(tensors.pop(f"{topology.nodes[0].name}.frac", np.zeros(())))
    start = quantise_network(
        topology, tensors, words, input_frac=frac, progress=lambda done, line: ctx.progress(share * done, line)
    )
    if not trains:
        return start, {}
    return train_network(
        topology,
        tensors,
        start,
        data,
        values=how["train"],
        classes=len(ctx.params["classes"]),
        words=words,
        scratch=ctx.scratch,
        progress=lambda done, line: ctx.progress(share + (1 - share) * done, line),
    )


def run(ctx: StageContext) -> None:
    """Quantise the checkpoint for the topology and enrol the boot image's prototypes."""
    topology = parse_topology(ctx.params["topology"], op_class)
    data = read_dataset(ctx.inputs["dataset"])
    words = words_of(data, calibration_rows(data))
    found, about = _quantised(ctx, topology, data, words)
    head = _enrol_head(topology, found, data, list(ctx.params["classes"]))
    write_parameters(ctx.out / "quantised.safetensors", topology, conform(topology, found.tensors()))
    record = {"method": ctx.params["quantize"]["method"], "calibration_patterns": len(words), "nodes": found.record}
    ctx.write_json("quantisation.json", {**record, **about, "head": head})

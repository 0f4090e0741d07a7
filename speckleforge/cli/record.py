"""The final record of a build. Takes the report stage's record and the outcomes; gives `report.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from speckleforge.graph.events import Build
from speckleforge.spec import Spec
from speckleforge.store.store import Store

GATE = 4
# Key in the record -> output that it names.
ARTIFACTS: Mapping[str, str] = {
    "bitstream": "design.bit",
    "weights": "weights.bin",
    "model": "model.onnx",
    "parameters": "parameters.safetensors",
    "checkpoint": "checkpoint.safetensors",
    "design": "design.txt",
    "rtl": "rtl",
    "netlist": "netlist.json",
    "report": "report.md",
}


def compose(spec: Spec, store: Store, build: Build, folder: Path) -> dict[str, Any]:
    """The report stage's record, the stages and the artifacts of this build."""
    outputs = {name: digest for outcome in build.outcomes for name, digest in outcome.outputs.items()}
    record: dict[str, Any] = {"spec": {"name": spec.name, "digest": spec.digest}}
    if "record.json" in outputs:
        record |= json.loads(store.cas.read(outputs["record.json"]))
    record["stages"] = [outcome.record() for outcome in build.outcomes]
    record["artifacts"] = {
        key: _artifact(store, folder / name, outputs[name]) for key, name in ARTIFACTS.items() if name in outputs
    }
    return record


def _artifact(store: Store, path: Path, digest: str) -> dict[str, Any]:
    """Where an artifact lies, what it is and how large."""
    kind, _, value = digest.partition(":")
    return {"path": str(path), ("sha256" if kind == "blob" else "tree_sha256"): value, "bytes": store.cas.size(digest)}


def gates_code(record: Mapping[str, Any], *, strict: bool) -> int:
    """0 if all gates hold (with `strict`: and are established), else 4."""
    bad = (False, "not_established") if strict else (False,)
    return GATE if any(gate["holds"] in bad for gate in record.get("gates", ())) else 0


def summary(record: Mapping[str, Any]) -> Iterator[str]:
    """The few lines that a person wants after a build."""
    yield from _accuracy(record.get("accuracy") or {})
    verification = record.get("verification") or {}
    if verification.get("engines"):
        engines = ", ".join(verification["engines"])
        yield f"verification: {verification['patterns']} patterns, {verification['mismatches']} mismatches: {engines}"
    for key in ("latency_cycles", "interval_cycles", "fmax_mhz"):
        value = (record.get("hardware") or {}).get(key) or {}
        if value:
            shown = f"{value['value']:g} ({value['stage']})" if value.get("value") is not None else value.get("reason")
            yield f"{key.replace('_', ' ')}: {shown}"
    for gate in record.get("gates", ()):
        yield f"gate {gate_text(gate)}"


def _accuracy(accuracy: Mapping[str, Any]) -> Iterator[str]:
    """What stands for all: at the headline's shots, and over training seeds where there are several."""
    integer, data = accuracy.get("integer") or {}, accuracy.get("data") or {}
    shots = f"k{(accuracy.get('protocol') or {}).get('headline_shots', 5)}"
    if shots not in integer:
        return
    where = ", condition ".join(str(data[key]) for key in ("stage", "condition") if data.get(key))
    yield f"accuracy, integers, {shots[1:]} shots: {_interval(integer[shots])}" + (f"; {where}" if where else "")
    margin = (accuracy.get("baseline") or {}).get("margin") or {}
    if margin.get("mean") is not None:
        yield f"above the intensity baseline by {_interval(margin)}"
    pair = ((accuracy.get("single_vs_multi") or {}).get("integer") or {}).get(shots)
    if pair:
        yield f"single against multi: {_interval({**pair, 'mean': pair['balanced']})}"
    seeds = accuracy.get("seeds") or {}
    if seeds.get("seeds"):
        yield f"over {len(seeds['seeds'])} trainings: {_interval(seeds['integer'][shots])}"


def _interval(value: Mapping[str, Any]) -> str:
    """A mean and its interval."""
    low, high = value["ci95"]
    return f"{value['mean']:.3f} (95 %: {low:.3f} to {high:.3f})"


def gate_text(gate: Mapping[str, Any]) -> str:
    """A gate in one line."""
    verdict = {True: "holds", False: "DOES NOT HOLD"}.get(gate["holds"], "not established")
    value = "" if gate.get("value") is None else f" {gate['value']:g}"
    reason = f" ({gate['reason']})" if gate.get("reason") else ""
    return f"{gate['name']}:{value} {gate['rule'].replace('_', ' ')} {gate['limit']:g}: {verdict}{reason}"

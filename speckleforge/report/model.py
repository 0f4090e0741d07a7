"""Network, accuracy, verification. Takes the results of training, evaluation and verification; gives their records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.report.quantity import dig, missing


def model_record(spec: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Size and layers of the network; the head does not count."""
    training = found.get("training") or {}
    about = {key: training.get(key) for key in ("best_epoch", "seed", "torch", "pretrained")}
    return {
        **{key: spec[key] for key in ("parameters", "macs", "input", "latent")},
        "layers": spec["nodes"],
        "trained": about if training else None,
    }


def accuracy_record(spec: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Few-shot accuracy on the test particles: of the floats, and of the integers that the hardware computes.

    It names the source and the condition of its data: difficulty is never tuned silently.
    """
    evaluated = found.get("accuracy") or {}
    trained = dig(found, "training", "accuracy") or {}
    # Every particle's score stays in accuracy.json: it is what several trainings are compared by.
    record = {key: value for key, value in evaluated.items() if value is not None and key != "per_particle"}
    record.setdefault("data", {**spec["data"], "unit": "photons"})
    record.setdefault("float", trained.get("float") or missing("no training took part"))
    record.setdefault("integer", missing("no evaluation took part"))
    record.setdefault("single_vs_multi", trained.get("single_vs_multi") or missing("not both classes in this data set"))
    return {**record, "seeds": found.get("seeds") or missing("one training seed: evaluate.seeds asks for more")}


def verification_record(found: Mapping[str, Any]) -> dict[str, Any]:
    """What was compared and whether it agreed."""
    record = found.get("verification")
    if record is None:
        return {"patterns": 0, "engines": [], "mismatches": None, "reason": "no verification took part"}
    return dict(record)

"""What a spec's hardware would cost. Takes a spec; gives the planner's prediction, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from speckleforge.errors import ForgeError
from speckleforge.graph.plan import Planned, plan
from speckleforge.spec import Spec
from speckleforge.store.store import Store

STAGE = "lower"
RESOURCES = ("lut", "ff", "dsp", "bram")


@dataclass(frozen=True)
class Cost:
    """A prediction.

    Attributes
    ----------
    record
        As `prediction.json` holds it; empty where there is none.
    error
        Why there is none: such as that no design fits the board.
    """

    record: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""

    @property
    def totals(self) -> dict[str, int]:
        """Cycles and resources of the whole design."""
        names = ("latency_cycles", "interval_cycles")
        cycles = {name.replace("_", " "): plain(self.record[name]) for name in names if name in self.record}
        resources = self.record.get("resources", {})
        return {**cycles, **{name.upper(): plain(resources[name]) for name in RESOURCES if name in resources}}

    @property
    def kernels(self) -> list[Mapping[str, Any]]:
        """One row per kernel, and one for everything that is no kernel."""
        rows = list(self.record.get("layers", ()))
        return rows + [{"name": "overhead", "resources": self.record["overhead"]} for _ in rows[:1]]


def predict(spec: Spec, store: Store, rows: Sequence[Planned] = ()) -> Cost:
    """What the store knows already, else what the planner says; `rows`: a plan of the spec, where there is one."""
    row = next((row for row in rows if row.name == STAGE), None) or plan(spec, store, targets=(STAGE,))[-1]
    entry = store.lookup(row.key) if row.fate == "hit" else None
    return Cost(json.loads(store.cas.read(entry.outputs["prediction.json"]))) if entry else _ask(spec)


def _ask(spec: Spec) -> Cost:
    """Ask the planner."""
    from speckleforge.lower.record import design_and_record

    asked = spec.slice("lower")
    try:
        _, record = design_and_record(spec.topology, asked["hardware"], asked["target"])
        return Cost(record)
    except ForgeError as error:
        return Cost(error=str(error))


def plain(value: Any) -> int:
    """A count that is a number or a record with one."""
    return int(value["value"] if isinstance(value, Mapping) else value)

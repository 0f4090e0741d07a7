"""`forge diff A B`: what a change to a spec means: values, stages, predicted cost."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from speckleforge.cli import fold
from speckleforge.cli.console import Console, table
from speckleforge.cli.cost import Cost, predict
from speckleforge.cli.revision import spec_at
from speckleforge.graph.replicas import declared_name
from speckleforge.graph.stage import bind
from speckleforge.graph.stages import STAGES
from speckleforge.graph.why import Change, changes, summary
from speckleforge.spec import Spec
from speckleforge.store.store import Store


@dataclass(frozen=True)
class Reached:
    """A stage that the change reaches: by a value that it sees itself, through what other stages give, or out of it."""

    stage: str
    direct: bool
    why: str
    absent: bool = False

    @property
    def text(self) -> str:
        """What becomes of it."""
        fate = "absent" if self.absent else "runs again" if self.direct else "may run again"
        return f"{self.stage}: {fate}: {self.why}"


def run(args: argparse.Namespace, console: Console) -> int:
    """Compare two specs."""
    before, after = spec_at(args.before), spec_at(args.after)
    values = changes({"params": before.values}, {"params": after.values})
    stages = tuple(reached(before, after))
    store = Store(Path(args.cache))
    costs = predict(before, store), predict(after, store)
    console.document(
        {
            "before": {"spec": args.before, "digest": before.digest},
            "after": {"spec": args.after, "digest": after.digest},
            "values": [{"path": _key(c), "before": c.before, "after": c.after} for c in values],
            "stages": [vars(item) for item in stages],
            "cost": {name: {"before": a, "after": b} for name, a, b in cost_rows(*costs)},
            "errors": [cost.error for cost in costs if cost.error],
        }
    )
    if not console.json:
        _say(values, stages, costs, console)
    return 0


def _say(values: tuple[Change, ...], stages: tuple[Reached, ...], costs: tuple[Cost, Cost], console: Console) -> None:
    """The comparison as text."""
    if not values:
        console.say("no value differs")
        return
    console.say("values")
    for change in values:
        console.say(f"  {_key(change)}: {change.before or '(none)'} -> {change.after or '(none)'}")
    console.say("stages")
    for item in folded(stages):
        console.say(f"  {item.text}")
    console.say("predicted cost")
    rows = [(name, f"{a:,}", f"{b:,}", f"{b - a:+,}" if b != a else "same") for name, a, b in cost_rows(*costs)]
    for line in table(rows, ("", "before", "after", "change"), right=(1, 2, 3)):
        console.say(f"  {line}")
    for cost, side in zip(costs, ("before", "after"), strict=True):
        if cost.error:
            console.say(f"  {side}: {cost.error}")


def folded(stages: Sequence[Reached]) -> list[Reached]:
    """The stages with one line for all replicas that share a reason, in the place of the first."""
    first: dict[str, str] = {}
    groups: dict[tuple[str, ...], list[Reached]] = {}
    for item in stages:
        if fold.is_replica(item.stage):  # seeds differ from replica to replica: the first speaks for all of its stage
            why = first.setdefault(declared_name(item.stage), item.why) if item.direct else "if they are given others"
            groups.setdefault((str(item.absent), why), []).append(replace(item, why=why))
        else:
            groups[item.stage,] = [item]
    return [_one(group) for group in groups.values()]


def _one(group: list[Reached]) -> Reached:
    """One line for a group."""
    names = [item.stage for item in group]
    if not fold.is_replica(names[0]):
        return group[0]
    return replace(group[0], stage=f"{fold.label(names)} of {fold.repeated(names)}")


def _key(change: Change) -> str:
    """The key path of a changed value."""
    return change.path.removeprefix("params.")


def reached(before: Spec, after: Spec) -> Iterator[Reached]:
    """Stages that see a changed value, and those behind them."""
    touched: set[str] = set()
    old, new = bind(STAGES, before), bind(STAGES, after)
    known, left = ([stage.name for stage in pipeline.stages] for pipeline in (old, new))
    for name in new.absent.keys() - old.absent.keys():
        yield Reached(name, True, new.absent[name], absent=True)
    for name in known:
        if name not in left and name not in new.absent:
            yield Reached(name, True, "fewer training seeds", absent=True)
    for stage in new.stages:
        found = changes({"params": before.slice(stage.name)}, {"params": after.slice(stage.name)})
        behind = [name for name in stage.needs if name in touched]
        if stage.name not in known:
            found = (Change("stage", "absent", "takes part"),)
        if found or behind:
            touched.add(stage.name)
            why = summary(found) if found else f"if {', '.join(behind)} give{'s' * (len(behind) == 1)} something else"
            yield Reached(stage.name, bool(found), why)


def cost_rows(before: Cost, after: Cost) -> Iterator[tuple[str, Any, Any]]:
    """Rows (name, before, after) of the whole design's cost, where both are known."""
    for name, value in before.totals.items():
        if name in after.totals:
            yield name, value, after.totals[name]

"""`forge plan SPEC`: what a build would do, stage by stage, and what the hardware would cost, layer by layer."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from speckleforge.cli import fold
from speckleforge.cli.check import describe
from speckleforge.cli.console import Console, table
from speckleforge.cli.cost import Cost, predict
from speckleforge.cli.opening import open_spec
from speckleforge.cli.plan_cost import cost_lines
from speckleforge.graph.plan import Fate, Planned, plan
from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec
from speckleforge.tools.catalogue import VENDOR
from speckleforge.tools.vendor import HLS
from speckleforge.units import text_seconds

COLOURS = {"hit": "green", "run": "yellow", "depends": "yellow", "absent": "dim"}
WORDS = {"hit": "hit", "run": "will run", "depends": "depends", "absent": "absent"}
FOREMOST: tuple[Fate, ...] = ("run", "depends", "hit", "absent")  # what a line for several stages shows
MOST = 72  # characters of a reason


def run(args: argparse.Namespace, console: Console) -> int:
    """Show the plan; 1 where no design reaches what the spec asks for."""
    spec, store = open_spec(args.spec, args.cache)
    rows = plan(spec, store, targets=tuple(args.to))
    cost = predict(spec, store, rows)
    console.document(document(spec, rows, cost))
    if not console.json:
        console.say(f"{spec.name}: {describe(spec)}")
        say_stages(rows, console)
        console.say()
        if cost.error:
            console.note(f"error: no design: {cost.error}")
        for line in cost_lines(spec, cost):
            console.say(line)
    return 1 if cost.error else 0


def document(spec: Spec, rows: Sequence[Planned], cost: Cost) -> dict[str, Any]:
    """The plan for machines."""
    stages = [
        {
            "name": row.name,
            "fate": row.fate,
            "why": row.why,
            "on": list(row.on),
            "key": row.key,
            "latest_wall_s": row.wall_s,
            "changes": [vars(change) for change in row.changes],
            "tools": dict(row.tools),
        }
        for row in rows
    ]
    about = {"name": spec.name, "digest": spec.digest, "target": spec.target.name}
    return {"spec": about, "stages": stages, "prediction": cost.record or None, "error": cost.error or None}


def say_stages(rows: Sequence[Planned], console: Console) -> None:
    """One line a stage."""
    console.say()
    shown = folded(rows)
    cells = [(row.name, WORDS[row.fate], _time(row), _short(row.why)) for row in shown]
    header, *lines = table(cells, ("stage", "", "took", "why"), right=(2,))
    console.say(header)
    for row, line in zip(shown, lines, strict=True):
        word = WORDS[row.fate]
        console.say(line.replace(word, console.paint(word, COLOURS[row.fate]), 1) if word not in row.name else line)
    for line in vendor_lines(rows):
        console.say(line)


def vendor_lines(rows: Sequence[Planned]) -> Iterator[str]:
    """Which of a vendor's tools would be used, and which stages take results of another machine."""
    used = [
        f"{row.name}: {'' if tool == HLS else f'{tool} '}{version.partition(' (')[0]}"
        for row in rows
        for tool, version in row.tools.items()
        if tool in VENDOR
    ]
    replaced = {stage.name for stage in STAGES if stage.replaced_by}
    taken = [row.name for row in rows if row.name in replaced and row.fate != "absent" and not row.tools]
    if used or taken:
        yield ""
    if used:
        yield f"tools       {', '.join(used)}"
    if taken:
        yield f"elsewhere   results of another machine: {', '.join(taken)}"


def folded(rows: Sequence[Planned]) -> list[Planned]:
    """The rows with one for all replicas, in the place of the first."""
    replicas = [row for row in rows if fold.is_replica(row.name)]
    if not replicas:
        return list(rows)
    names = [row.name for row in replicas]
    fate = min((row.fate for row in replicas), key=FOREMOST.index)
    fates = fold.counts([WORDS[row.fate] for row in replicas])
    why = f"more seeds of {fold.repeated(names)}: {fates}"
    times = [row.wall_s for row in replicas if row.wall_s is not None]
    one = replace(replicas[0], name=fold.label(names), fate=fate, why=why, wall_s=sum(times) if times else None)
    return [one if row is replicas[0] else row for row in rows if row is replicas[0] or row not in replicas]


def _time(row: Planned) -> str:
    """How long the latest run took."""
    return "" if row.wall_s is None or row.fate == "absent" else text_seconds(row.wall_s)


def _short(text: str) -> str:
    """A reason on one line."""
    line = text.replace("\n", " ")
    return line if len(line) <= MOST else line[: MOST - 3] + "..."

"""`forge why STAGE SPEC`: why a stage would run, as the values that changed."""

from __future__ import annotations

import argparse

from speckleforge.cli.console import Console
from speckleforge.cli.opening import open_spec
from speckleforge.graph.plan import plan


def run(args: argparse.Namespace, console: Console) -> int:
    """Explain one stage."""
    spec, store = open_spec(args.spec, args.cache)
    row = next(row for row in plan(spec, store, targets=(args.stage,)) if row.name == args.stage)
    console.say(f"{row.name}: {row.fate}: {row.why}")
    for change in row.changes:
        console.say(f"  {change}")
    changes = [vars(change) for change in row.changes]
    console.document({"stage": row.name, "fate": row.fate, "why": row.why, "changes": changes, "key": row.key})
    return 0

"""`forge why STAGE SPEC`: why a stage would run, as the values that changed."""

from __future__ import annotations

import argparse
from pathlib import Path

from speckleforge.cli.console import Console
from speckleforge.graph.plan import plan
from speckleforge.spec import load_spec
from speckleforge.store.store import Store


def run(args: argparse.Namespace, console: Console) -> int:
    """Explain one stage."""
    spec = load_spec(args.spec)
    row = next(row for row in plan(spec, Store(Path(args.cache)), targets=(args.stage,)) if row.name == args.stage)
    console.say(f"{row.name}: {row.fate}: {row.why}")
    for change in row.changes:
        console.say(f"  {change}")
    changes = [vars(change) for change in row.changes]
    console.document({"stage": row.name, "fate": row.fate, "why": row.why, "changes": changes, "key": row.key})
    return 0

"""`forge verify SPEC`: compare all executions once more, and say whether they agree."""

from __future__ import annotations

import argparse
import json

from speckleforge.cli.build import build_spec, show_failures
from speckleforge.cli.console import Console
from speckleforge.cli.opening import open_spec
from speckleforge.graph.plan import plan

STAGE = "verify"


def run(args: argparse.Namespace, console: Console) -> int:
    """Forget the stored verdict, if any, and make it again."""
    spec, store = open_spec(args.spec, args.cache)
    for row in plan(spec, store, targets=(STAGE,)):
        if row.name == STAGE and row.key:
            store.ac.forget(row.key)
    build = build_spec(spec, store, args, (STAGE,), console)
    show_failures(build, console)
    entry = build.outcome(STAGE).entry
    if entry is None:
        console.document({"stages": [outcome.record() for outcome in build.outcomes]})
        return build.exit_code or 1
    record = json.loads(store.cas.read(entry.outputs["verification.json"]))
    console.document(record)
    mismatches = record.get("mismatches")
    engines = ", ".join(record.get("engines", ()))
    console.say(f"{spec.name}: {record.get('patterns')} patterns through {engines}: {mismatches} mismatches")
    return 1 if mismatches or mismatches is None else 0

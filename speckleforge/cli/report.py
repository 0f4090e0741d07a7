"""`forge report SPEC`: the report of the spec as it is now; builds nothing unless `--ingest DIR` brings results."""

from __future__ import annotations

import argparse
import json

from speckleforge.cli.console import Console
from speckleforge.cli.opening import open_spec
from speckleforge.cli.record import GATE
from speckleforge.errors import Problem, StageError
from speckleforge.graph.plan import plan


def run(args: argparse.Namespace, console: Console) -> int:
    """Print `report.md`, or `record.json` with `--json`."""
    spec, store = open_spec(args.spec, args.cache)
    code = 0
    if args.ingest:
        from speckleforge.cli.ingest import ingest

        code = ingest(spec, store, args, console)
        if code not in (0, GATE):
            return code
        spec, store = open_spec(args.spec, args.cache)
    rows = plan(spec, store)
    stale = [row.name for row in rows if row.fate in ("run", "depends")]
    entry = next((store.lookup(row.key) for row in rows if row.name == "report" and row.fate == "hit"), None)
    if entry is None:
        what = "there is no report of the spec as it is now"
        step = f"forge build {spec.path}"
        raise StageError(Problem(what, str(spec.path), got=f"not built: {', '.join(stale)}", next_step=step))
    console.say(store.cas.read(entry.outputs["report.md"]).decode().rstrip())
    console.document(json.loads(store.cas.read(entry.outputs["record.json"])))
    return code

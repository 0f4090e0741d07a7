"""`forge build SPEC`: build what a change can reach, then say what came of it."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from speckleforge.cli import progress
from speckleforge.cli.console import Console
from speckleforge.cli.opening import open_spec
from speckleforge.cli.record import compose, gates_code, summary
from speckleforge.errors import ForgeError, Problem, SpecError
from speckleforge.graph.events import Build
from speckleforge.graph.stage import bind
from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec
from speckleforge.store.files import write_bytes
from speckleforge.store.store import Store
from speckleforge.units import text_seconds


def run(args: argparse.Namespace, console: Console) -> int:
    """Build, write `report.json`, print a summary."""
    spec, store = open_spec(args.spec, args.cache)
    started = time.monotonic()
    build = build_spec(spec, store, args, tuple(args.to), console)
    folder = Path(args.out) / spec.name
    record = compose(spec, store, build, folder)
    if not args.to:  # a part of a build must not replace the report of a whole one
        write_bytes(folder / "report.json", (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())
    console.document(record)
    show_failures(build, console)
    if build.exit_code:
        return build.exit_code
    counts = {status: sum(o.status == status for o in build.outcomes) for status in ("run", "hit")}
    took = text_seconds(time.monotonic() - started)
    console.say(f"{spec.name}: built in {took}: {counts['run']} stages run, {counts['hit']} hit")
    for line in summary(record):
        console.say(line)
    console.say(f"results: {folder}/")
    return gates_code(record, strict=args.strict)


def build_spec(spec: Spec, store: Store, args: argparse.Namespace, targets: tuple[str, ...], console: Console) -> Build:
    """Run the graph with progress on stderr."""
    from speckleforge.graph.build import build

    if args.jobs < 1:
        raise SpecError(Problem("no such number of jobs", "--jobs", str(args.jobs), "1 or more"))
    names = tuple(stage.name for stage in bind(STAGES, spec).upto(targets))
    with progress.listener(names, plain=args.plain, write=console.note) as listener:
        return build(
            spec,
            store,
            targets=targets,
            jobs=args.jobs,
            folder=Path(args.out) / spec.name,
            listener=listener,
        )


def show_failures(build: Build, console: Console) -> None:
    """Tell what failed, why, and where the log is."""
    for outcome in build.outcomes:
        if outcome.status != "failed":
            continue
        error = outcome.error
        problems: tuple[Any, ...] = error.problems if isinstance(error, ForgeError) else (error,)
        log = f"\n    log: {outcome.log}" if outcome.log else ""
        console.note("\n".join(f"error: {outcome.name}: {problem}" for problem in problems) + log)
    if build.signal:
        console.note("forge: interrupted; what was finished is kept")

"""`forge cache ls|gc`: what the store holds, and cleaning it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from speckleforge.cli.console import Console, table
from speckleforge.store.gc import collect, listing
from speckleforge.store.store import Store
from speckleforge.units import text_bytes, text_seconds


def run(args: argparse.Namespace, console: Console) -> int:
    """List or collect."""
    store = Store(Path(args.cache))
    return _list(store, console) if args.action == "ls" else _collect(store, args, console)


def _list(store: Store, console: Console) -> int:
    """One line an entry, most recently used first."""
    rows = listing(store)
    console.document({"entries": [asdict(row) for row in rows]})
    header = ("stage", "key", "size", "made in", "idle", "latest of")
    cells = [
        (r.stage, r.key[:12], text_bytes(r.size), text_seconds(r.wall_s), _age(r.idle_s), ", ".join(r.specs))
        for r in rows
    ]
    for line in table(cells, header, right=(2, 3, 4)):
        console.say(line)
    return 0


def _collect(store: Store, args: argparse.Namespace, console: Console) -> int:
    """Remove what no spec's latest build uses and nobody used for a while."""
    done = collect(store, keep_days=args.keep_days, dry_run=args.dry_run)
    console.document({"dry_run": args.dry_run, **asdict(done)})
    verb = "would remove" if args.dry_run else "removed"
    console.say(f"{verb} {len(done.entries)} results, {done.blobs} blobs, {text_bytes(done.freed)}; {done.kept} stay")
    return 0


def _age(idle_s: float) -> str:
    """Seconds as the largest whole unit."""
    for name, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if idle_s >= size:
            return f"{int(idle_s // size)} {name}"
    return f"{int(idle_s)} s"

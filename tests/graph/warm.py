"""A build of all real stages in which every one is a hit: `warm.py STORE` prints the statuses and heavy packages."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import speckleforge.spec  # noqa: F401  what `forge` loads at its start
from speckleforge.graph.build import build
from speckleforge.graph.job import Job
from speckleforge.graph.keys import PACKAGES
from speckleforge.store.ac import Entry
from speckleforge.store.store import Store

HEAVY = {"doit", "jsonschema", "numpy", "onnx", "onnxruntime", "rich", "safetensors", "torch"}


class WarmSpec:
    """Uses every layer there is."""

    name = "warm"
    toolchain = "ecp5"
    seeds = 2
    vendor = False
    ingested: Mapping[str, Path] = {}
    kinds = tuple(path.parent.name for path in (PACKAGES["speckleforge"] / "layers").glob("*/op.py"))

    def slice(self, stage_name: str) -> dict[str, Any]:
        return {"topology": "node\n" * 30, "stage": stage_name}

    def asks(self, tool: str, what: str) -> bool:
        return False


def pretend(job: Job, store: Store, watch: object) -> tuple[Entry, bool]:
    """A result without the work."""
    key = job.document.key()
    file = store.root / "some" / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(key)
    entry = Entry(key, job.document.stage, {}, job.document.record(), 1.0, store.cas.put_file(file))
    return store.publish(entry, dict.fromkeys(job.outputs, file)), False


def main(folder: str) -> None:
    """Build and print."""
    store = Store(Path(folder))
    built = build(WarmSpec(), store, folder=store.root / "build")
    print(*sorted({outcome.status for outcome in built.outcomes}), *sorted(HEAVY & set(sys.modules)))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        from speckleforge.graph import session

        session.make = pretend
    main(sys.argv[1])

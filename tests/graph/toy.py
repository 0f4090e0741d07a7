"""A toy package of stages, a toy spec, and a build of them: in this process, or in one that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from speckleforge.graph import vendor_stages
from speckleforge.graph.build import build
from speckleforge.graph.events import Build, Listener, nobody
from speckleforge.graph.keys import PACKAGES, Keys
from speckleforge.graph.stage import Stage
from speckleforge.store.code import SourceTree
from speckleforge.store.store import Store

SOURCES = {
    "__init__.py": "",
    "words.py": '"""Shared."""\nFACTOR = 1\n',
    "source.py": """
        def run(ctx):
            ctx.progress(0.5, "half way")
            print("a line for the log")
            (ctx.out / "text.txt").write_text(ctx.params["text"])
    """,
    "length.py": """
        from toy.words import FACTOR

        def run(ctx):
            (ctx.out / "length.txt").write_text(str(FACTOR * len(ctx.inputs["text"].read_text())))
    """,
    "report.py": """
        def run(ctx):
            folder = ctx.out / "report"
            folder.mkdir()
            (folder / "n.txt").write_text("n = " + ctx.inputs["n"].read_text())
    """,
    "slow.py": """
        import os, time
        from pathlib import Path
        from speckleforge.tools.process import run_tool

        def run(ctx):
            seen = ctx.scratch / "started"
            if not seen.exists():
                seen.write_text(str(os.getpid()))
                run_tool(["sleep", str(ctx.params["sleep_s"])], cwd=ctx.scratch, log=ctx.scratch / "sleep.log")
            (ctx.out / "slow.txt").write_text("resumed" if seen.exists() else "new")
    """,
    "hidden.py": "X = 1\n",
}
CHAIN = (
    Stage("source", "toy.source", ("text.txt",)),
    Stage("length", "toy.length", ("length.txt",), {"text": ("source", "text.txt")}),
    Stage("report", "toy.report", ("report",), {"n": ("length", "length.txt")}),
)
SLOW = (Stage("slow", "toy.slow", ("slow.txt",)),)
VENDOR = {item.name for item in vars(vendor_stages).values() if isinstance(item, Stage)}  # stages of a vendor's tools


@dataclass(frozen=True)
class ToySpec:
    """Parameters by stage."""

    params: Mapping[str, Any] = field(default_factory=dict)
    name: str = "toy"
    kinds: tuple[str, ...] = ()
    toolchain: str = "ecp5"
    seeds: int = 1

    def slice(self, stage_name: str) -> dict[str, Any]:
        name, _, replica = stage_name.partition("@")
        params = dict(self.params.get(name, {}))
        return {**params, "seed": params.get("seed", 0) + int(replica)} if replica else params


@dataclass(frozen=True)
class Toy:
    """A folder with the toy package, a store and a build folder."""

    root: Path

    @property
    def store(self) -> Store:
        return Store(self.root / "cache")

    def write(self, name: str, text: str) -> None:
        import textwrap

        path = self.root / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def keys(self, spec: ToySpec) -> Keys:
        return Keys(spec, SourceTree({**PACKAGES, "toy": self.root / "toy"}, self.store.code_index))

    def build(
        self, params: Mapping[str, Any], stages: tuple[Stage, ...] = CHAIN, listener: Listener = nobody, **more: Any
    ) -> Build:
        spec = ToySpec(params)
        folder = self.root / "build"
        return build(spec, self.store, stages=stages, keys=self.keys(spec), folder=folder, listener=listener, **more)

    def start(self, params: Mapping[str, Any], which: str = "CHAIN") -> subprocess.Popen[str]:
        """The same build as a process of its own; prints the statuses as JSON, and exits as `forge` would."""
        command = [sys.executable, __file__, str(self.root), which, json.dumps(params)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def make_toy(root: Path) -> Toy:
    toy = Toy(root)
    for name, text in SOURCES.items():
        toy.write(name, text)
    return toy


def statuses(built: Build) -> str:
    """`hit run skipped` in the order of the stages."""
    return " ".join(outcome.status for outcome in built.outcomes)


def _main(root: str, which: str, params: str) -> int:
    built = Toy(Path(root)).build(json.loads(params), {"CHAIN": CHAIN, "SLOW": SLOW}[which])
    print(json.dumps({outcome.name: outcome.status for outcome in built.outcomes}))
    return built.exit_code


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))

"""Every command and every option, each declared once. Takes nothing; gives tables; imports no room."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One argument: its flags (or its name, where it has a place of its own) and argparse's settings."""

    flags: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """One command: `module` in this folder has its `run(args, console) -> exit code`."""

    name: str
    help: str
    options: tuple[str, ...]
    module: str = ""

    @property
    def path(self) -> str:
        """Dotted name of the module."""
        return f"speckleforge.cli.{self.module or self.name}"


def _option(*flags: str, **settings: Any) -> Option:
    return Option(flags, settings)


def _folder(text: str) -> str:
    """The name of a folder."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a folder is empty")
    return text


def _days(text: str) -> float:
    """A number of days, 0 or more."""
    try:
        days = float(text)
    except ValueError:
        days = math.nan
    if not days >= 0:
        raise argparse.ArgumentTypeError(f"not a number of days: '{text}'")
    return days


OPTIONS: Mapping[str, Option] = {
    "spec": _option("spec", metavar="SPEC", help="a spec, such as specs/quickstart.yaml"),
    "specs": _option("specs", metavar="SPEC", nargs="+", help="specs, such as specs/*.yaml"),
    "stage": _option("stage", metavar="STAGE", help="a stage, as `forge plan` names it"),
    "before": _option("before", metavar="A", help="a spec, or REVISION:PATH"),
    "after": _option("after", metavar="B", help="a spec, or REVISION:PATH"),
    "action": _option(
        "action", metavar="ls|gc", choices=("ls", "gc"), help="ls: what is stored; gc: remove what is old"
    ),
    "json": _option("--json", action="store_true", help="one JSON document on stdout"),
    "cache": _option("--cache", metavar="DIR", type=_folder, default="cache", help="the store (default: cache)"),
    "out": _option(
        "--out",
        metavar="DIR",
        type=_folder,
        default="build",
        help="where results appear, as DIR/<name> (default: build)",
    ),
    "jobs": _option("--jobs", "-j", metavar="N", type=int, default=2, help="stages at a time (default: 2)"),
    "to": _option("--to", metavar="STAGE", action="append", default=[], help="build this stage and what it needs"),
    "strict": _option("--strict", action="store_true", help="a gate that is not established does not hold either"),
    "plain": _option("--plain", action="store_true", help="progress as lines, on a terminal too"),
    "keep_days": _option("--keep-days", metavar="N", type=_days, default=30.0, help="keep what was used since (30)"),
    "dry_run": _option("--dry-run", action="store_true", help="only say what would go"),
    "write": _option("--write", action="store_true", help="write it to speckleforge/spec/schema.json"),
    "target": _option("--target", action="store_true", help="the schema of a board file"),
}

_BUILD = ("jobs", "plain", "json", "cache", "out")
COMMANDS: tuple[Command, ...] = (
    Command("check", "check specs: all mistakes at once", ("specs", "json")),
    Command("plan", "what a build would do, and what it would cost", ("spec", "to", "json", "cache")),
    Command("build", "build everything that a change can reach", ("spec", "to", "strict", *_BUILD)),
    Command("why", "why a stage would run: the values that changed", ("stage", "spec", "json", "cache")),
    Command("diff", "what a change to a spec means", ("before", "after", "json", "cache")),
    Command("verify", "compare all executions again and give the verdict", ("spec", *_BUILD)),
    Command("report", "show the report of the latest build", ("spec", "json", "cache")),
    Command("cache", "look at the store, or clean it", ("action", "keep_days", "dry_run", "json", "cache")),
    Command("schema", "the JSON Schema of a spec, for editors", ("write", "target")),
)

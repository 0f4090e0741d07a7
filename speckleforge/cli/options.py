"""Every command and every option, each declared once. Takes nothing; gives tables; imports no room."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ARITHMETICS = ("any", "mul", "da", "dsp2")


@dataclass(frozen=True)
class Option:
    """One argument: its flags (or its name, where it has a place of its own) and argparse's settings."""

    flags: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """One command, named by one word or two: `module` in this folder has its `run(args, console) -> exit code`."""

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


def _list(text: str, kind: Callable[[str], Any]) -> list[Any]:
    """Numbers or words with commas between them."""
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a list with commas: '{text}'") from None


def _bits(text: str) -> int:
    """A width of weights and activations."""
    bits = int(text)
    if not 2 <= bits <= 8:
        raise argparse.ArgumentTypeError(f"bits from 2 to 8, not {bits}")
    return bits


def _rate(text: str) -> float:
    """A frame rate in kHz."""
    rate = float(text)
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(f"a rate is more than 0 kHz, not '{text}'")
    return rate


def _arithmetic(text: str) -> str:
    """How products are made."""
    if text not in ARITHMETICS:
        raise argparse.ArgumentTypeError(f"no arithmetic '{text}'; there are {', '.join(ARITHMETICS)}")
    return text


OPTIONS: Mapping[str, Option] = {
    "spec": _option("spec", metavar="SPEC", help="a spec, such as specs/quickstart.yaml"),
    "spec_or_none": _option("spec", metavar="SPEC", nargs="?", help="say it for this spec's board"),
    "specs": _option("specs", metavar="SPEC", nargs="+", help="specs, such as specs/*.yaml"),
    "reports": _option("reports", metavar="FILE", nargs="+", help="reports and logs of Vivado, HLS, yosys or nextpnr"),
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
    "bits": _option(
        "--bits",
        metavar="N,N",
        type=lambda t: _list(t, _bits),
        help="of weights and activations (4,8 and its own)",
    ),
    "rates": _option(
        "--rates", metavar="KHZ,KHZ", type=lambda t: _list(t, _rate), help="frame rates (default: around what it asks)"
    ),
    "arithmetic": _option(
        "--arithmetic",
        metavar="A,A",
        type=lambda t: _list(t, _arithmetic),
        default=["any", "mul", "da"],
        help="how products are made: any, mul, da, dsp2 (default: any,mul,da)",
    ),
    "synthesise": _option(
        "--synthesise", metavar="VARIANT", action="append", default=[], help="synthesise this variant for real"
    ),
    "no_plot": _option("--no-plot", action="store_true", help="write no front.png"),
    "ingest": _option(
        "--ingest", metavar="DIR", type=_folder, help="results of build/<name>/project, run on another machine"
    ),
    "target": _option("--target", action="store_true", help="the schema of a board file"),
}

_BUILD = ("jobs", "plain", "json", "cache", "out")
COMMANDS: tuple[Command, ...] = (
    Command("check", "check specs: all mistakes at once", ("specs", "json")),
    Command("plan", "what a build would do, and what it would cost", ("spec", "to", "json", "cache")),
    Command("build", "build everything that a change can reach", ("spec", "to", "strict", *_BUILD)),
    Command(
        "explore",
        "what other precisions, rates and arithmetics would cost",
        ("spec", "bits", "rates", "arithmetic", "synthesise", "no_plot", *_BUILD),
    ),
    Command("why", "why a stage would run: the values that changed", ("stage", "spec", "json", "cache")),
    Command("diff", "what a change to a spec means", ("before", "after", "json", "cache")),
    Command("verify", "compare all executions again and give the verdict", ("spec", *_BUILD)),
    Command(
        "report",
        "show the report of the latest build; --ingest: take in what its project obtained on another machine",
        ("spec", "ingest", "strict", *_BUILD),
    ),
    Command("report parse", "what reports and logs of tools say", ("reports", "json"), module="report_parse"),
    Command("doctor", "which tools are here, and what each is for", ("spec_or_none", "json")),
    Command("cache", "look at the store, or clean it", ("action", "keep_days", "dry_run", "json", "cache")),
    Command("schema", "the JSON Schema of a spec, for editors", ("write", "target")),
)

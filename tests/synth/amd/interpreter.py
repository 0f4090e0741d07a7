"""A real Tcl interpreter for the tests: words evaluated, and scripts run among stubs of a tool's commands."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.check import known_commands
from speckleforge.synth.amd.table import Command
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.tools.releases import release

ENGINE = Path(__file__).parent / "engine.tcl"
# Python's own Tcl, in a process of its own: its interpreter would share the test's folder and exit.
_TKINTER = "import sys, tkinter; t = tkinter.Tcl(); t.call('set', 'argv', sys.argv[2:]); t.call('source', sys.argv[1])"


@cache
def tcl_command() -> tuple[str, ...]:
    """The words that run a Tcl script; empty where there is no Tcl."""
    found = shutil.which("tclsh")
    if found:
        return (found,)
    if importlib.util.find_spec("_tkinter") is None:
        return ()
    return (sys.executable, "-c", _TKINTER)


def needs_tcl() -> list[pytest.MarkDecorator]:
    """Marks of a test that needs Tcl: skipped where there is none, an error in CI."""
    missing = not tcl_command() and "CI" not in os.environ
    return [pytest.mark.tools, pytest.mark.skipif(missing, reason="needs tclsh, or Python with tkinter")]


@dataclass(frozen=True)
class World:
    """How the stubs answer.

    Attributes
    ----------
    fail
        Commands that fail.
    silent
        Commands that leave no file; folders of reports that stay empty.
    cells
        What `get_cells` finds.
    properties
        `cell,NAME` -> value.
    """

    release: str = "2023.2"
    fail: Sequence[str] = ()
    silent: Sequence[str] = ()
    cells: Sequence[str] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    component: str = ""

    def text(self) -> str:
        """The script that sets it."""
        flat = [item for pair in self.properties.items() for item in pair]
        values = {"fail": self.fail, "silent": self.silent, "cells": self.cells}
        lines = [f"set {name} {tcl_text.list_word(items)}" for name, items in values.items()]
        lines.append(f"array set property {tcl_text.list_word(flat)}")
        lines.append(f"set release {tcl_text.word(self.release)}")
        return "\n".join([*lines, f"set component {tcl_text.word(self.component)}"]) + "\n"


@dataclass(frozen=True)
class Outcome:
    """How a script ended: exit code, the tool's commands in order, what it printed."""

    code: int
    calls: tuple[tuple[str, ...], ...]
    out: str
    err: str

    @property
    def names(self) -> list[str]:
        """The commands' names."""
        return [call[0] for call in self.calls]

    def named(self, name: str) -> list[tuple[str, ...]]:
        """The words behind each call of a command."""
        return [call[1:] for call in self.calls if call[0] == name]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that it announced."""
        head = "speckleforge: step "
        return tuple(line.removeprefix(head) for line in self.out.splitlines() if line.startswith(head))


def run_script(folder: Path, script: str, tool: str, at: str, world: World | None = None) -> Outcome:
    """Run a script in a folder among the stubs of a tool's release."""
    aside = folder.parent / f"{folder.name}.engine"
    aside.mkdir(exist_ok=True)
    (aside / "table").write_text(table_text(tool, at), encoding="utf-8")
    (aside / "world").write_text((world or World()).text(), encoding="utf-8")
    record = aside / "record"
    record.unlink(missing_ok=True)
    words = [*tcl_command(), str(ENGINE), *(str(aside / name) for name in ("table", "world", "record")), script]
    done = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)
    text = record.read_text(encoding="utf-8") if record.exists() else ""
    calls = tuple(tuple(call.split("\x1e")[:-1]) for call in text.split("\x1f")[:-1])
    return Outcome(done.returncode, calls, done.stdout, done.stderr)


@cache
def table_text(tool: str, at: str) -> str:
    """A release's commands as the engine reads them."""
    return tcl_text.list_value(_entry(item) for item in known_commands(tool, release(at)).values())


def _entry(item: Command) -> str:
    """One command."""
    options = [
        tcl_text.list_value(
            (o.name, str(int(o.takes)), tcl_text.list_value(o.values), str(int(o.reads)), str(int(o.writes)))
        )
        for o in item.options
    ]
    numbers = (str(item.least), str(item.most), str(int(item.reads)), str(int(item.writes)))
    return tcl_text.list_value((item.name, *numbers, tcl_text.list_value(options)))


def lay_out(folder: Path, plan: VendorPlan) -> Path:
    """A work folder as a runner makes it: the plan's files, and something for each input."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in plan.plan.files:
        (folder / name).write_text(text, encoding="utf-8")
    for name in plan.inputs:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "." not in path.name:
            path.mkdir(exist_ok=True)
        elif not path.exists():
            path.write_text("", encoding="utf-8")
    return folder


def check_results(folder: Path, plan: VendorPlan) -> None:
    """Every result of the plan is there and not empty."""
    missing = [
        name for name in plan.plan.results if not (folder / name).is_file() or not (folder / name).stat().st_size
    ]
    assert not missing

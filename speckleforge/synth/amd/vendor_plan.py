"""A plan of a vendor's tool: the files and commands of `synth.plan`, and what a watcher must know of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from speckleforge.artifacts.memory_map import MMI_SCRIPT, mmi_script
from speckleforge.synth.plan import Plan

READS = ("tcl/*.tcl",)
TCL = Path(__file__).parent / "tcl"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class VendorPlan:
    """What runs, as data.

    Attributes
    ----------
    front_end
        Name of the front end (`tools.front_ends`), or `vivado`, or `updatemem`.
    release
        Of the tool that the plan was made for; belongs into the action key with `plan`.
    plan
        Files at the top of the work folder, commands to run there, results that must exist and not be empty.
    inputs
        Files and folders that must lie in the work folder beforehand.
    steps
        What is done, in order: a script prints `speckleforge: step <name>` when one begins.
    announce
        For each command, the steps that the runner must announce itself, because the program does not.
    """

    front_end: str
    release: str
    plan: Plan
    inputs: tuple[str, ...]
    steps: tuple[str, ...]
    announce: tuple[tuple[str, ...], ...]


@cache
def library(name: str) -> str:
    """The text of a hand-written script of this package."""
    return mmi_script() if name == MMI_SCRIPT else (TCL / name).read_text(encoding="utf-8")

"""Plans: what a toolchain will run, as pure values. Takes nothing from the machine; `execute` runs them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Command:
    """One call of a tool by its name in `speckleforge.tools.find`; file names are relative to the work folder."""

    tool: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Files to write into the work folder, commands to run there in order, and the files that must then exist.

    Attributes
    ----------
    files
        Name and text of each file.
    commands
        Run one after the other; the first that fails ends the plan.
    results
        Names of files that must exist and not be empty afterwards.
    """

    files: tuple[tuple[str, str], ...]
    commands: tuple[Command, ...]
    results: tuple[str, ...]

    def text(self) -> str:
        """The plan for a reader: stable JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Sources:
    """The SystemVerilog of a design.

    Attributes
    ----------
    top
        Name of the top module.
    files
        In compile order, relative to the source tree.
    include
        Folders of included files.
    keep
        Modules that are mapped one by one (all others are dissolved into their parents before mapping, because their
        borders hinder optimisation): one flat network of this size would take more than ten minutes against half a
        minute.
    """

    top: str
    files: tuple[str, ...]
    include: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

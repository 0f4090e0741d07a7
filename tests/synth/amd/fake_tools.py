"""Fake tools of a vendor on a machine: what is installed, how it answers, and what it was started with."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from speckleforge.tools import licences, vendor
from speckleforge.tools.installation import PATCH_PATHS
from tests.synth.amd import real_form
from tests.synth.amd.interpreter import ENGINE, World, table_text, tcl_command
from tests.synth.amd.real_form import Figures

REPLAY = Path(__file__).parent / "replay.py"
SYSTEM = "/usr/local/bin:/usr/bin:/bin"
LAYERS = ("conv2d_1", "dense_1", "head_1")


@dataclass
class FakeTools:
    """Programs of a vendor in `home/bin`; `spoil` says what goes wrong, by program.

    Attributes
    ----------
    releases
        Program -> its release.
    figures, ip
        What reports say; those of the packed IP, where they say something else.
    texts, logs
        Reports and logs in the place of those that are written for these figures.
    """

    home: Path
    releases: Mapping[str, str]
    figures: Figures = field(default_factory=Figures)
    ip: Figures | None = None
    spoil: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    texts: Mapping[str, str] | None = None
    logs: Mapping[str, str] = field(default_factory=lambda: real_form.LOGS)

    @property
    def bin(self) -> Path:
        """The folder for PATH."""
        return self.home / "bin"

    def install(self) -> FakeTools:
        """Write the programs and all that they answer with, anew."""
        for folder in (self.bin, self.home / "tables", self.home / "reports"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        for name, at in self.releases.items():
            program = self.bin / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {REPLAY} {self.home} {name} "$@"\n')
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
            if name != "v++":
                (self.home / "tables" / f"{name}-{at}").write_text(table_text(name, at), encoding="utf-8")
        texts = dict(real_form.reports(self.figures) if self.texts is None else self.texts)
        if self.ip:
            texts |= {f"sf_network_0/{name}": text for name, text in real_form.reports(self.ip).items()}
        for name, text in texts.items():
            (self.home / "reports" / name).parent.mkdir(exist_ok=True)
            (self.home / "reports" / name).write_text(text, encoding="utf-8")
        for name, text in self.logs.items():
            (self.home / name).write_text(text, encoding="utf-8")
        shutil.copy(ENGINE, self.home / "engine.tcl")
        (self.home / "world.tcl").write_text(World().text(), encoding="utf-8")
        (self.home / "component.xml").write_text(real_form.COMPONENT, encoding="utf-8")
        scenario = {"releases": self.releases, "spoil": self.spoil, "tcl": tcl_command(), "layers": LAYERS}
        (self.home / "scenario.json").write_text(json.dumps(scenario), encoding="utf-8")
        return self

    def spoiled(self, program: str, **spoil: Any) -> FakeTools:
        """From now on this goes wrong with a program; nothing does without words."""
        self.spoil = {program: spoil} if spoil else {}
        return self.install()

    @property
    def started(self) -> list[str]:
        """Programs that were started to do something, in order."""
        record = self.home / "started"
        return [line.split()[0] for line in record.read_text().splitlines()] if record.exists() else []

    def forget(self) -> None:
        """Nothing was started yet."""
        (self.home / "started").unlink(missing_ok=True)


def put_on_path(monkeypatch: pytest.MonkeyPatch, *tools: FakeTools) -> None:
    """This process, and the stages that it starts, see these tools and no others of a vendor."""
    for name in ("XILINX_VIVADO", "XILINX_HLS", "XILINX_VITIS", *PATCH_PATHS, *licences.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([*(str(item.bin) for item in tools), SYSTEM]))
    vendor.vendor_tool.cache_clear()


@contextmanager
def fresh_search() -> Iterator[None]:
    """Tools are looked for anew, before and after."""
    vendor.vendor_tool.cache_clear()
    try:
        yield
    finally:
        vendor.vendor_tool.cache_clear()

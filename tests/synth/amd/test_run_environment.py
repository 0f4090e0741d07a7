"""What a vendor's program finds when it starts another one: every folder of the vendor's tools, and the patches."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from speckleforge.graph.job import Job, _environment
from speckleforge.synth.amd.run import Limit, run_plan
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.synth.plan import Command, Plan
from tests.synth.amd.fake_tools import SYSTEM, FakeTools, fresh_search, put_on_path

SAYS = (
    "#!/bin/sh\nfor name in vitis-run vitis_hls vivado; do command -v $name; done >found\necho $XILINX_PATH >>found\n"
)


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three programs in three installations, the last of which only its variable names."""
    homes = [tmp_path / name / "2023.2" for name in ("Vitis", "Vitis_HLS", "Vivado")]
    for home, name in zip(homes, ("vitis-run", "vitis_hls", "vivado"), strict=True):
        (home / "bin").mkdir(parents=True)
        (home / "bin" / name).write_text(SAYS)
        (home / "bin" / name).chmod(0o755)
    with fresh_search():
        put_on_path(monkeypatch, *(FakeTools(home, {}) for home in homes[:2]))
        monkeypatch.setenv("XILINX_VIVADO", str(homes[2]))
        monkeypatch.setenv("XILINX_PATH", str(tmp_path / "AR71898"))
        yield homes


def test_a_program_finds_those_of_other_installations(apart: list[Path], tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    commands = (Command("vitis-run", ()),)
    plan = VendorPlan("vitis-run", "2023.2", Plan((), commands, ("found",)), (), (), ((),))
    run_plan(plan, work, lambda done, text: None, Limit(1.0, "hardware.hls.limit_hours"))
    programs = [
        str(home / "bin" / name) for home, name in zip(apart, ("vitis-run", "vitis_hls", "vivado"), strict=True)
    ]
    assert (work / "found").read_text().splitlines() == [*programs, str(tmp_path / "AR71898")]


@pytest.mark.parametrize(("tools", "found"), [({"hls": "vitis_hls 2023.2"}, 3), ({"make": "4"}, 0)])
def test_a_stage_of_a_vendors_tool_sees_all_of_them(apart: list[Path], tools: dict[str, str], found: int) -> None:
    sources = SimpleNamespace(packages={})
    job = cast("Job", SimpleNamespace(document=SimpleNamespace(tools=tools), sources=sources))
    path = _environment(job, Path("work"))["PATH"].split(os.pathsep)
    assert len({str(home / "bin") for home in apart} & set(path)) == found
    assert set(SYSTEM.split(os.pathsep)) <= set(path)

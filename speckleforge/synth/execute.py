"""Running a plan. Takes a plan and a work folder; leaves its results there, or tells a tool's first error line."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from speckleforge.errors import Problem, StageError
from speckleforge.synth import pyosys_runner
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.find import Tool, find_tool
from speckleforge.tools.process import minimal_environment, run_tool

# WebAssembly tools compile themselves on their first start; one at a time, because they write their cache in place.
WEBASSEMBLY = ("nextpnr-ecp5", "ecppack")
CACHE_VARIABLES = ("YOWASP_CACHE_DIR", "XDG_CACHE_HOME", "HOME")

Progress = Callable[[float, str], None]


def execute(plan: Plan, folder: Path, log: Path, progress: Progress | None = None) -> None:
    """Write the plan's files into `folder` and run its commands there.

    Parameters
    ----------
    plan
        What to run.
    folder
        The work folder; WebAssembly tools see little else, so all names in a plan are relative to it.
    log
        Output of all commands.
    progress
        Called when a command starts, with the fraction of commands done and the tool's name.

    Raises
    ------
    StageError
        A tool is missing or failed, or a result is missing or empty.
    """
    for name, text in plan.files:
        (folder / name).write_text(text, encoding="utf-8")
    for index, command in enumerate(plan.commands):
        if progress is not None:
            progress(index / len(plan.commands), command.tool)
        _run(command, folder, log)
    for name in plan.results:
        path = folder / name
        if not path.is_file() or path.stat().st_size == 0:
            tool = plan.commands[-1].tool
            raise StageError(Problem(f"{tool} left no {name}", str(log), got=str(path), next_step=f"read {log}"))


def tool_label(name: str) -> str:
    """Tool and version as records name them: `yosys 0.70`."""
    shown = {"pyosys": "yosys"}.get(name, name)
    return f"{shown} {find_tool(name).version}"


def _run(command: Command, folder: Path, log: Path) -> None:
    """Run one command."""
    tool = find_tool(command.tool)
    words = [*tool.command, *command.arguments]
    if command.tool == "pyosys":
        words = [*tool.command, pyosys_runner.__file__, *command.arguments]
    env = dict(tool.env)
    if command.tool in WEBASSEMBLY:
        env["YOWASP_CACHE_DIR"] = str(_compiled(tool, folder, log))
    run_tool(words, cwd=folder, log=log, env=minimal_environment(env))


def _compiled(tool: Tool, folder: Path, log: Path) -> Path:
    """The folder with the tool's machine code, made first where it is missing."""
    cache = _cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    marker = cache / f"{tool.name}-{tool.version}.ready"
    with (cache / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marker.exists():
            env = minimal_environment({**tool.env, "YOWASP_CACHE_DIR": str(cache)})
            run_tool([*tool.command, "--version"], cwd=folder, log=log, env=env)
            marker.touch()
    return cache


def _cache_folder() -> Path:
    """Where machine code of WebAssembly tools is kept: the user's cache, or a private temporary folder without one."""
    for name in CACHE_VARIABLES:
        value = os.environ.get(name)
        if value:
            return Path(value) / {"YOWASP_CACHE_DIR": "", "XDG_CACHE_HOME": "YoWASP"}.get(name, ".cache/YoWASP")
    return Path(tempfile.gettempdir()) / f"speckleforge-yowasp-{os.getuid()}"

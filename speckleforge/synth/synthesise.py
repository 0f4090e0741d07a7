"""Synthesis unit by unit. Takes a flow of plans and the sources in a folder; leaves netlist, counts and one log there.

Units are mapped beside one another, one process for each free core. What was mapped before, in this build or in an
earlier one, is not mapped again: a unit's result follows from its text, the script and the version of yosys alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from speckleforge.artifacts.parts import Parts, part_key
from speckleforge.parsers.yosys_stat import base_name
from speckleforge.synth.execute import Progress, execute, tool_label
from speckleforge.synth.plan import Plan, Sources
from speckleforge.synth.rtlil import Unit, units
from speckleforge.synth.yosys_script import ELABORATED, MAPPED, UNIT

PROCESSES = 4  # at most; each takes up to a gigabyte
LOG = "yosys.log"


@dataclass(frozen=True)
class Flow:
    """The plans of a toolchain: elaborate sources, map a unit with this top, link units in these files below a top."""

    elaborate: Callable[[Sources], Plan]
    map_unit: Callable[[str], Plan]
    link: Callable[[str, Sequence[str]], Plan]


@dataclass(frozen=True)
class Work:
    """Where a synthesis works, what of earlier ones it may use, and whom it tells how far it is."""

    folder: Path
    parts: Parts
    progress: Progress


def synthesise(flow: Flow, sources: Sources, work: Work, log: Path) -> tuple[int, int]:
    """Leave the results of linking in the work folder; gives the number of units, and how many were there already.

    `log` gets what yosys printed, in the same order whatever was there already.
    """
    work.progress(0.0, "yosys: elaborating")
    execute(flow.elaborate(sources), work.folder, log)
    found = units((work.folder / ELABORATED).read_text(encoding="utf-8"), sources.top)
    folders = _map(flow, found, work)
    names = []
    for index, (folder, _) in enumerate(folders):
        names.append(f"mapped-{index}.il")
        (work.folder / names[-1]).write_bytes((folder / MAPPED).read_bytes())
        _append(folder / LOG, log)
    work.progress(0.9, "yosys: linking")
    execute(flow.link(sources.top, names), work.folder, log)
    return len(found), sum(known for _, known in folders)


def _map(flow: Flow, found: Sequence[Unit], work: Work) -> list[tuple[Path, bool]]:
    """Folder with the results of each unit, and whether it was there already."""
    done: list[str] = []
    stop = threading.Event()

    def one(unit: Unit) -> tuple[Path, bool]:
        if stop.is_set():
            raise InterruptedError
        result = _unit(flow.map_unit(unit.name.removeprefix("\\")), unit, work)
        done.append(unit.name)
        work.progress(0.05 + 0.85 * len(done) / len(found), f"yosys: {len(done)} of {len(found)} units mapped")
        return result

    work.progress(0.05, f"yosys: mapping {len(found)} units")
    with ThreadPoolExecutor(min(PROCESSES, len(os.sched_getaffinity(0)))) as pool:
        running: list[Future[tuple[Path, bool]]] = [pool.submit(one, unit) for unit in found]
        try:
            return [future.result() for future in running]
        except BaseException:
            stop.set()
            raise


def _unit(plan: Plan, unit: Unit, work: Work) -> tuple[Path, bool]:
    """Map one unit, or take what an earlier run left."""
    key = part_key(plan.text(), unit.text, tool_label("pyosys"))
    known = work.parts.get(key)
    if known is not None:
        return known, True
    folder = work.folder / f"unit-{base_name(unit.name)}-{key[:12]}"
    folder.mkdir()
    (folder / UNIT).write_text(unit.text, encoding="utf-8")
    execute(plan, folder, folder / LOG)
    return work.parts.put(key, {name: folder / name for name in (MAPPED, LOG)}), False


def _append(source: Path, log: Path) -> None:
    """Add a unit's log to the stage's."""
    with log.open("ab") as sink:
        sink.write(source.read_bytes())

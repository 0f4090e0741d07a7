"""Placement seeds one after the other. Takes what to run for a seed; gives a trial each and keeps the best one's files.

A trial that has ended is remembered in the stage's scratch folder, which is named by the action key: after a kill the
sweep goes on with the seed that was under way. nextpnr gives equal results for equal seeds, so nothing is lost by that.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from speckleforge.errors import StageError

RECORD = "trial.json"  # written last: with it in the folder, the trial has ended


@dataclass(frozen=True)
class Trial:
    """One seed: core clock's fmax in MHz (None without such a clock), whether it is met, wall time in seconds.

    `failure` is the tool's first error line where it gave no result.
    """

    seed: int
    wall_s: float
    fmax_mhz: float | None = None
    holds: bool | None = None
    failure: str | None = None


@dataclass(frozen=True)
class Asked:
    """What the spec asks for: `count` seeds from `first` on, until one meets the clock (`met`) or `all` of them."""

    first: int
    count: int = 1
    until: str = "met"

    @staticmethod
    def of(placement: Mapping[str, Any]) -> Asked:
        """The values of `hardware.placement`."""
        return Asked(int(placement["seed"]), int(placement.get("seeds", 1)), str(placement.get("until", "met")))

    def enough(self, trials: Sequence[Trial]) -> bool:
        """Whether no further seed is to be tried; without a clock to meet another seed cannot help."""
        last = trials[-1]
        return len(trials) == self.count or (self.until == "met" and last.failure is None and last.holds is not False)


def sweep(
    asked: Asked, scratch: Path, place: Callable[[int, Path], tuple[float | None, bool | None]]
) -> tuple[list[Trial], Path]:
    """Try seeds; gives all trials in order, and the folder with the files of the best.

    Parameters
    ----------
    asked
        Which seeds, and when to stop.
    scratch
        Holds a folder for each seed.
    place
        Places and routes with a seed in an empty folder; gives fmax in MHz and whether the clock is met.

    Raises
    ------
    StageError
        No seed gave a result: the error of the first.
    """
    trials: list[Trial] = []
    errors: list[StageError] = []
    while not trials or not asked.enough(trials):
        seed = asked.first + len(trials)
        try:
            trials.append(_ended(_folder(scratch, seed)) or _run(seed, _folder(scratch, seed), place))
        except StageError as error:
            errors.append(error)
            trials.append(Trial(seed, 0.0, failure=error.problems[0].what))
        _drop_all_but(best(trials), trials, scratch)
    chosen = best(trials)
    if chosen is None:
        raise errors[0]
    return trials, _folder(scratch, chosen.seed)


def best(trials: Sequence[Trial]) -> Trial | None:
    """The trial with the highest fmax, the earlier of equals; None where all failed."""
    return max((trial for trial in trials if trial.failure is None), key=lambda t: t.fmax_mhz or 0.0, default=None)


def spread_record(asked: Asked, trials: Sequence[Trial]) -> dict[str, Any]:
    """For `timing.json`: what was asked, the chosen seed, every trial, and the spread of fmax over them."""
    chosen, found = best(trials), [trial.fmax_mhz for trial in trials if trial.fmax_mhz is not None]
    spread = {"least": min(found), "median": round(median(found), 3), "most": max(found)} if found else None
    return {
        "asked": asdict(asked),
        "chosen": chosen.seed if chosen else None,
        "trials": [asdict(trial) for trial in trials],
        "fmax_mhz": spread,
    }


def _folder(scratch: Path, seed: int) -> Path:
    """Where a seed's files are."""
    return scratch / f"seed-{seed}"


def _run(seed: int, folder: Path, place: Callable[[int, Path], tuple[float | None, bool | None]]) -> Trial:
    """Place with one seed; what a killed run left is removed first, and the record is written last."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = time.monotonic()
    fmax_mhz, holds = place(seed, folder)
    trial = Trial(seed, round(time.monotonic() - start, 1), fmax_mhz, holds)
    partial = folder / f"{RECORD}.partial"
    partial.write_text(json.dumps(asdict(trial)), encoding="utf-8")
    partial.rename(folder / RECORD)
    return trial


def _ended(folder: Path) -> Trial | None:
    """The trial that a former run of the stage finished there."""
    path = folder / RECORD
    return Trial(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _drop_all_but(chosen: Trial | None, trials: Sequence[Trial], scratch: Path) -> None:
    """Of the others only the record and the tool's log stay: a placed netlist is hundreds of megabytes."""
    for trial in trials:
        if trial is not chosen:
            for path in _folder(scratch, trial.seed).glob("*"):
                if path.name not in (RECORD, "nextpnr.log"):
                    path.unlink()

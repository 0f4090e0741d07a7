"""Time and memory that logs print. Takes lines; gives seconds and megabytes, None where none is printed in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# Vivado: `synth_design: Time (s): cpu = 00:00:19 ; elapsed = 00:00:17 . Memory (MB): peak = 2266.418 ; gain = ...`.
_STEP = re.compile(
    r"^(?P<step>\S.*?)\s*:? Time \(s\): cpu = \S+ ; "
    r"elapsed = (?P<h>[0-9]{1,6}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2}(?:\.[0-9]{1,6})?) \. "
    r"Memory \(MB\): peak = (?P<peak>[0-9]{1,9}\.[0-9]{1,6}) ;"
)
# HLS: `Total elapsed time: 61.45 seconds; peak allocated memory: 385.113 MB.`; newer ones: `1.191 GB.`
_HLS_TOTAL = re.compile(r"Total elapsed time: (?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,6})?) seconds;")
_HLS_PEAK = re.compile(r"peak allocated memory: (?P<peak>[0-9]{1,9}(?:\.[0-9]{1,6})?) (?P<unit>[MG]B)\b")
# v++, vitis-run: `Total elapsed time: 0h 0m 32s`.
_VPP_TOTAL = re.compile(r"Total elapsed time: (?P<h>[0-9]{1,6})h (?P<m>[0-9]{1,6})m (?P<s>[0-9]{1,6})s\b")
_STARTED = re.compile(r"Start of session at: (?P<date>\w{3} \w{3} +[0-9]{1,2} [0-9:]{8} [0-9]{4})\b")
_EXITED = re.compile(r"\] Exiting \S.*? at (?P<date>\w{3} \w{3} +[0-9]{1,2} [0-9:]{8} [0-9]{4})\b")


@dataclass(frozen=True)
class StepUsage:
    """A step that Vivado timed: seconds that passed, and the process's peak so far."""

    step: str
    elapsed_s: float
    peak_memory_mb: float


@dataclass(frozen=True)
class Usage:
    """Of a run.

    Attributes
    ----------
    elapsed_s
        As the tool prints it in total (HLS, v++), or from its start to its end where both dates are printed
        (`vivado.log`).
    peak_memory_mb
        The highest that is printed.
    steps
        Vivado's commands (`synth_design`, `place_design`, ...) in order.
    """

    elapsed_s: float | None
    peak_memory_mb: float | None
    steps: tuple[StepUsage, ...]


def usage_of(lines: Sequence[str]) -> Usage:
    """Time and memory in these lines."""
    steps = tuple(
        StepUsage(match["step"], _seconds(match), float(match["peak"]))
        for line in lines
        if (match := _STEP.match(line))
    )
    peaks = [step.peak_memory_mb for step in steps]
    peaks += [_megabytes(match) for line in lines for match in _HLS_PEAK.finditer(line)]
    commands = tuple(step for step in steps if re.match(r"^[a-z]+_\w+$", step.step))
    return Usage(_elapsed(lines), max(peaks, default=None), commands)


def _elapsed(lines: Sequence[str]) -> float | None:
    """Seconds of the whole run: the last total, else the time between the dates."""
    for line in reversed(lines):
        if match := _HLS_TOTAL.search(line):
            return float(match["seconds"])
        if match := _VPP_TOTAL.search(line):
            return _seconds(match)
    started = next((date for line in lines if (date := _date(_STARTED.search(line)))), None)
    exited = next((date for line in reversed(lines) if (date := _date(_EXITED.search(line)))), None)
    return (exited - started).total_seconds() if started and exited and exited >= started else None


def _seconds(match: re.Match[str]) -> float:
    """Seconds of hours, minutes, seconds."""
    return int(match["h"]) * 3600 + int(match["m"]) * 60 + float(match["s"])


def _megabytes(match: re.Match[str]) -> float:
    """Megabytes. HLS writes 1008.943 MB, but 1.132 GB: 1024 of them are a gigabyte."""
    return float(match["peak"]) * (1024.0 if match["unit"] == "GB" else 1.0)


def _date(match: re.Match[str] | None) -> datetime | None:
    """A date as Tcl prints it; None if it is none."""
    try:
        return datetime.strptime(match["date"], "%a %b %d %H:%M:%S %Y") if match else None
    except ValueError:
        return None

"""Measuring wall time. Takes rivals, each a call; gives the median of each from alternating runs, and how they compare.

Rivals run in turns, so that other work on the machine meets all of them alike; a first run of each is not counted.
Pages are plain text: a row for each rival, the last one the peer that the others are compared with.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """A rival's wall times in seconds, and how many items (patterns, builds) one run handles."""

    name: str
    times_s: tuple[float, ...]
    items: int = 1

    @property
    def median_s(self) -> float:
        """Median wall time of one run."""
        return median(self.times_s)

    @property
    def rate(self) -> float:
        """Items per second at the median."""
        return self.items / self.median_s


def measure(
    rivals: Mapping[str, Callable[[], object]],
    runs: int,
    items: Mapping[str, int] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Row]:
    """Run each rival `runs` times, in turns, after one run that does not count; `clock` gives seconds."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for turn in range(runs + 1):
        for name, call in rivals.items():
            start = clock()
            call()
            if turn:
                times[name].append(clock() - start)
    return [Row(name, tuple(taken), (items or {}).get(name, 1)) for name, taken in times.items()]


def table(rows: Sequence[Row], unit: str) -> list[str]:
    """Lines: median, spread and rate of each row, and how it compares with the last one."""
    width = max(len(row.name) for row in rows)
    lines = []
    for row in rows:
        low, high = (digits(1e3 * bound(row.times_s)) for bound in (min, max))
        times = f"median {digits(1e3 * row.median_s):>6} ms ({low} to {high})"
        beside = "" if row is rows[-1] else f", {compared(row, rows[-1])} {rows[-1].name}"
        lines.append(f"{row.name:<{width}}  {times}: {digits(row.rate)} {unit}/s{beside}")
    return lines


def compared(row: Row, peer: Row) -> str:
    """How much faster or slower than the peer, per item."""
    ratio = row.rate / peer.rate
    return f"{digits(ratio)} x as fast as" if ratio >= 1 else f"{digits(1 / ratio)} x as long as"


def digits(value: float) -> str:
    """Three digits, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> str:
    """What the figures were taken on."""
    about = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{about}, load {os.getloadavg()[0]:.1f} at the start"


def arguments(description: str | None, runs: int) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=runs, metavar="N", help=f"runs of each (default: {runs})")
    return parser

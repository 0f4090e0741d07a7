"""Physical quantities and counts as people read them. Takes numbers with a unit; gives text. Rounds no stored value."""

from __future__ import annotations


def cycles_to_us(cycles: int, clock_mhz: float) -> float:
    """Time in microseconds that `cycles` clock cycles take at `clock_mhz` (MHz, > 0)."""
    return cycles / clock_mhz


def us_to_cycles(time_us: float, clock_mhz: float) -> int:
    """Whole clock cycles that fit into `time_us` microseconds at `clock_mhz` MHz (rounded down)."""
    # A product such as 45.015 * 200 lies a hair under the integer it stands for.
    return int(time_us * clock_mhz + 1e-9)


def text_bytes(count: int) -> str:
    """`count` bytes for a reader: 421225 -> '421 kB'."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            value = count / size
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{count} B"


def text_seconds(wall_s: float) -> str:
    """A duration for a reader: 75.2 -> '1 min 15 s'."""
    if wall_s < 60:
        return f"{wall_s:.1f} s"
    return f"{int(wall_s // 60)} min {int(wall_s % 60)} s"


def text_percent(part: float, whole: float) -> str:
    """`part` of `whole` in percent with one decimal; '-' where `whole` is 0."""
    return f"{100.0 * part / whole:.1f} %" if whole else "-"

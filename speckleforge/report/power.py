"""Switching activity and power. Takes records of the simulation and of Vivado; gives the report's part of each.

Toggles are simulated, watts are Vivado's estimate: one is never made of the other here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.parsers.power_report import SIMULATED
from speckleforge.report.quantity import dig, missing

Found = Mapping[str, Any]
VALUES = ("total_on_chip_w", "dynamic_w", "static_w")
ABOUT = ("activity", "activity_file", "nets_matched", "junction_temperature_c", "junction_exceeded")


def activity_part(found: Found) -> dict[str, Any]:
    """Toggles by kernel; null with the reason where nobody simulated them."""
    record = found.get("activity")
    return dict(record) if record else missing("no switching activity was simulated (hardware.vivado.activity)")


def power_part(found: Found) -> dict[str, Any]:
    """Vivado's estimate: the one with simulated activity where there is one, and which it is.

    `vectorless` holds the other one beside it. `current`: whether its activity is that of this build's weights; None
    where it rests on none or nobody knows.
    """
    own, routed = found.get("power") or {}, dig(found, "vivado", "power") or {}
    best = own if own.get("tool") else routed
    if not best:
        return missing(_why_not(found))
    part = {name: best[name] for name in (*VALUES, *ABOUT) if name in best}
    part |= {"rests_on": best.get("rests_on"), "from": None if own else dig(found, "vivado", "from")}
    part["current"] = _current(best, found)
    if own and routed and routed.get("activity") != SIMULATED:
        part["vectorless"] = {name: routed[name] for name in VALUES}
    return part


def _current(best: Found, found: Found) -> bool | None:
    of, now = best.get("activity_sha256"), dig(found, "activity", "sha256")
    return None if of is None or now is None else of == now


def _why_not(found: Found) -> str:
    if dig(found, "vivado", "tool"):
        return "Vivado synthesised these sources, and estimates power once they are routed"
    return "only Vivado estimates power, and it did not run on these sources"

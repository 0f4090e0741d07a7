"""Where a design's parts lie on a device of several super logic regions. Takes a design; gives regions and shares."""

from __future__ import annotations

from typing import Any

from speckleforge.ir.design import Design
from speckleforge.ir.regions import regions_of
from speckleforge.ir.resources import Resources
from speckleforge.lower.limits import holds, region, regions_that_hold
from speckleforge.lower.request import RESOURCES, Board


def region_record(design: Design, kernels: list[Resources], overhead: Resources, board: Board) -> dict[str, Any] | None:
    """Whether the design fits one region, which, and otherwise what lies in which; None on a device of one die."""
    if board.slr is None:
        return None
    total = sum(kernels, overhead)
    holding = regions_that_hold(total, board)
    shares = {name: share(getattr(total, name), getattr(board.slr, name)) for name in RESOURCES}
    return {
        "count": board.slr_count,
        "fits_one": bool(holding),
        "could_hold": list(holding),
        "share_of_one": shares,
        "larger": _larger(design, kernels, overhead, board),
        "shell": shell_text(board),
        "parts": _parts(design, kernels, overhead, board),
    }


def shell_text(board: Board) -> str:
    """What the board's own logic takes, in words."""
    if board.shell.shares is None:
        return "not known, counted as nothing"
    taken = ", ".join(f"{name} {100 * value:g} %" for name, value in board.shell.shares)
    where = "" if board.shell.region is None else f" in SLR{board.shell.region}"
    return f"{taken} of the device{where}"


def _larger(design: Design, kernels: list[Resources], overhead: Resources, board: Board) -> list[str]:
    """What is larger than any region: the placer must spread it, without registers at the boundary."""
    taken = [*zip((item.name for item in design.instances), kernels, strict=True), ("overhead", overhead)]
    return [name for name, part in taken if not holds(part, board)]


def _parts(design: Design, kernels: list[Resources], overhead: Resources, board: Board) -> list[dict[str, Any]]:
    """Kernels and resources of each region of a cut chain; empty where the chain is not cut."""
    where = regions_of([item.kernel for item in design.instances])
    found = []
    for number in sorted({one for one in where if one is not None}):
        names = [item.name for item, one in zip(design.instances, where, strict=True) if one == number]
        taken = sum((r for r, one in zip(kernels, where, strict=True) if one == number), Resources())
        taken += overhead if number == where[0] else Resources()
        room = region(board, number)
        shares = {name: share(getattr(taken, name), getattr(room, name)) for name in RESOURCES}
        found.append({"region": number, "kernels": names, "resources": taken.as_dict(), "share": shares})
    return found


def share(part: int, whole: int) -> float | None:
    """Part of a whole; None of nothing."""
    return round(part / whole, 6) if whole else None

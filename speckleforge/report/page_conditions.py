"""Where the accuracy holds: photons, missing area, saturation, fluence. Takes the record; gives lines of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speckleforge.report.markdown import Record, by_class, interval, number, origin, percent, table
from speckleforge.report.quantity import dig

Lines = Iterator[str]


def _section(found: Record, key: str, title: str) -> Lines:
    """Heading of a section, or the reason why it is not there."""
    part = found.get(key) or {}
    if part.get("reason"):
        yield f"{title}: {part['reason']}."
    elif part:
        few = f", {part['particles']} particles" if part.get("particles") else ""
        shots = f", {part['shots']} shots" if part.get("shots") else ""
        yield f"### {title}, integers of the hardware{shots}{few}: {origin(found)}"
    yield from [""] * bool(part)


def over_photons(found: Record) -> Lines:
    """Photons removed at random, and patterns by their own count."""
    part = found.get("over_photons") or {}
    yield from _section(found, "over_photons", "Accuracy over photons")
    points = part.get("thinning")
    if isinstance(points, list):
        header = ("photons kept at random", "mean photons of a single hit", "all classes", "single against multi")
        yield from table(header, [_thinned(point) for point in points], right=(0, 1))
    strata = part.get("strata")
    if isinstance(strata, list) and strata:
        names = list(by_class({name: None for stratum in strata for name in stratum["recall"]}, found))
        ranges = ("photons of the pattern", *(f"{name} decided right" for name in names), "single against multi")
        yield from table(ranges, [_stratum(stratum, names) for stratum in strata], right=range(1, len(names) + 2))


def _thinned(point: Record) -> tuple[str, ...]:
    photons = dig(point, "mean_photons_of", "single") or point.get("mean_photons")
    accuracy = (interval(point.get(key)) for key in ("accuracy", "single_vs_multi"))
    return percent(point["fraction"]), number(round(photons) if photons is not None else None), *accuracy


def _stratum(stratum: Record, names: list[str]) -> tuple[str, ...]:
    low, high = stratum["photons"]
    shares = [dig(stratum, "recall", name, "share") for name in names] + [stratum.get("single_vs_multi")]
    return f"{low:,.0f} to {high:,.0f}", *("-" if share is None else f"{share:.3f}" for share in shares)


def over_area(found: Record) -> Lines:
    """Modules missing in support and query alike."""
    part = found.get("over_missing_area") or {}
    yield from _section(found, "over_missing_area", "Accuracy over missing detector area")
    rows = []
    for point in part.get("points") or ():
        low, high = point.get("range") or (None, None)
        spread = "-" if low is None else f"{low:.3f} to {high:.3f}"
        rows.append((percent(point["area"]), interval(point["accuracy"]), interval(point["single_vs_multi"]), spread))
    if rows:
        modules = f"range over {number(part.get('draws'))} choices of modules"
        yield from table(("area missing", "all classes", "single against multi", modules), rows, right=(0,))


def applicability(found: Record) -> Lines:
    """For which patterns the figures stand."""
    part = found.get("applicability") or {}
    if not part:
        return
    yield f"### Where these figures apply: {origin(found)}"
    yield ""
    photons = part.get("photons") or {}
    rows = [
        (name, *(_range(dig(photons, split, name)) for split in ("train", "test")), percent(dig(part, "outside", name)))
        for name in by_class(photons.get("train"), found)
    ]
    header = ("class", "photons in training, 5 to 95 %", "photons in test, 5 to 95 %", "test outside of training's")
    if rows:
        yield from table(header, rows, right=(3,))
    fluence = part.get("fluence") or {}
    if fluence.get("reason"):
        yield f"Fluence: {fluence['reason']}."
    elif fluence.get("test"):
        ranges = (_range(fluence.get(split), digits=2) for split in ("train", "test"))
        yield "Fluence of a pulse relative to the mean, 5 to 95 %: {} in training, {} in test.".format(*ranges)
    saturated = [f"{name} {100 * share:.3g} %" for name, share in (part.get("saturated") or {}).items() if share]
    yield f"Saturated elements: {', '.join(saturated) or 'none'}."
    yield ""


def _range(found: Any, digits: int = 0) -> str:
    """`2,100 to 7,000`."""
    return "-" if not found else f"{found['low']:,.{digits}f} to {found['high']:,.{digits}f}"

"""Accuracy where the beam is weaker or modules are missing. Takes the record of the evaluation; gives drawings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from speckleforge.report.figures.style import (
    BLUE,
    ORANGE,
    Drawing,
    Record,
    about,
    canvas,
    class_colour,
    class_label,
    legend_below,
    share_axis,
    whiskers,
)
from speckleforge.report.quantity import dig

SERIES = (("accuracy", "all classes", BLUE, "s"), ("single_vs_multi", "single against multi", ORANGE, "^"))
MARKERS = ("o", "v", "D", "P", "X")
PHOTONS = (
    "Accuracy over the number of photons. Left: the same patterns with photons removed at random, which is exactly a "
    "weaker pulse; right: patterns sorted by their own photon count."
)
AREA = "Accuracy when detector modules are missing in support and query alike. Bars: 95 %, bootstrap over particles."


def _points(axes: Axes, x: Sequence[float], points: Sequence[Record]) -> None:
    """Accuracy and single against multi over `x`, with intervals."""
    for key, label, colour, marker in SERIES:
        known = [(where, point[key]) for where, point in zip(x, points, strict=True) if dig(point, key, "mean")]
        if known:
            means = [found["mean"] for _, found in known]
            bars = whiskers(means, [found["ci95"] for _, found in known])
            axes.errorbar([w for w, _ in known], means, yerr=bars, color=colour, marker=marker, label=label)
    lowest = [point[key]["ci95"][0] for point in points for key, *_ in SERIES if dig(point, key, "mean")]
    share_axis(axes, lowest)
    axes.set_ylabel("balanced accuracy")
    legend_below(axes)


def _photon_axis(axes: Axes, values: Sequence[float], label: str) -> None:
    """Logarithmic, with the values that were measured as ticks."""
    axes.set_xscale("log")
    axes.set_xticks(list(values))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{float(f'{value:.3g}'):,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_xlabel(label)


def _strata(axes: Axes, strata: Sequence[Record], classes: Sequence[str]) -> None:
    x = [stratum["mean_photons"] for stratum in strata]
    names = [name for name in classes if any(dig(stratum, "recall", name) for stratum in strata)]
    for index, name in enumerate(names):
        marker, colour = MARKERS[index % len(MARKERS)], class_colour(name, classes)
        shares = [dig(stratum, "recall", name, "share") for stratum in strata]
        known = [(where, share) for where, share in zip(x, shares, strict=True) if share is not None]
        axes.plot(
            *zip(*known, strict=True), color=colour, marker=marker, ls="--", label=f"recall of {class_label(name)}"
        )
    pair = [(where, s["single_vs_multi"]) for where, s in zip(x, strata, strict=True) if s.get("single_vs_multi")]
    if pair:
        axes.plot(*zip(*pair, strict=True), color="black", marker="^", label="single against multi")
    _photon_axis(axes, x, "photons of the pattern (mean of the range)")
    axes.set(title="five equally filled ranges", ylabel="share decided right", ylim=(0.0, 1.0))
    legend_below(axes)


def _known(points: Any) -> list[Record]:
    """The points of a list that have a photon count; none where there is a reason instead of a list."""
    return [point for point in points if point.get("mean_photons")] if isinstance(points, list) else []


def draw_photons(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """Thinned photons, and ranges of the patterns' own counts."""
    record = found["accuracy"]
    thinning, strata = (_known(dig(record, "over_photons", part)) for part in ("thinning", "strata"))
    if not thinning and not strata:
        return None
    figure, axes = canvas(f"{name}: accuracy over photons", about(record), (1.0,) * (bool(thinning) + bool(strata)))
    if thinning:
        single = all(dig(point, "mean_photons_of", "single") for point in thinning)
        photons = [dig(p, "mean_photons_of", "single") if single else p["mean_photons"] for p in thinning]
        _points(axes[0], photons, thinning)
        _photon_axis(axes[0], photons, "mean photons of a single hit" if single else "mean photons of a pattern")
        axes[0].set_title("photons removed at random")
    if strata:
        _strata(axes[-1], strata, classes)
    return Drawing("accuracy_over_photons", PHOTONS, figure)


def draw_area(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """Accuracy over missing area, with the range over the orders in which modules went."""
    record = found["accuracy"]
    points = dig(record, "over_missing_area", "points") or []
    if not points:
        return None
    area = [100 * point["area"] for point in points]
    figure, (axes,) = canvas(f"{name}: missing modules", about(record), (1.15,))
    ranges = [point.get("range") or [point["accuracy"]["mean"]] * 2 for point in points]
    low, high = zip(*ranges, strict=True)
    axes.fill_between(
        area, low, high, color=BLUE, alpha=0.15, linewidth=0, label="range over which modules are missing"
    )
    _points(axes, area, points)
    rows, columns = record["over_missing_area"]["module"]
    axes.set(xlabel=f"missing detector area (%), in modules of {rows} x {columns} pixels", xlim=(-1, None))
    return Drawing("accuracy_over_missing_area", AREA, figure)

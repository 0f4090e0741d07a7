"""Accuracy over the number of shots. Takes the records of evaluation and seeds; gives one drawing with two panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from speckleforge.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    Drawing,
    Record,
    about,
    canvas,
    whiskers,
)
from speckleforge.report.quantity import dig

CAPTION = (
    "Accuracy over the number of labelled patterns that enrol each class, on particles that training never saw. "
    "Bars: 95 %, bootstrap over particles."
)
STEP = 0.07  # how far apart points of the same number of shots stand


def _numbers(by_shots: Record) -> list[int]:
    """Numbers of shots, ascending."""
    return sorted(int(name[1:]) for name in by_shots if name[1:].isdigit())


def _line(axes: Axes, shots: Sequence[int], found: Record, key: str, place: int, **style: Any) -> None:
    """One line with its intervals; shots that it does not have are left out."""
    points = [(index, found[f"k{k}"]) for index, k in enumerate(shots) if dig(found, f"k{k}", key) is not None]
    if not points:
        return
    means = [point[key] for _, point in points]
    bars = whiskers(means, [point.get("ci95") or [point[key]] * 2 for _, point in points])
    axes.errorbar([index + place * STEP for index, _ in points], means, yerr=bars, **style)


def _finish(axes: Axes, shots: Sequence[int], title: str, chance: float) -> None:
    axes.axhline(chance, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)))
    axes.text(-0.36, chance, "chance", color=GREY, fontsize=8, va="bottom")
    axes.set_xticks(range(len(shots)), [str(k) for k in shots])
    axes.set_xlim(-0.4, len(shots) - 0.6)
    axes.set(title=title, xlabel="shots: labelled patterns per class", ylabel="balanced accuracy")
    axes.set_ylim(max(chance - 0.05, 0), 1.0)


def _all_classes(axes: Axes, shots: Sequence[int], record: Record, seeds: Record, classes: Sequence[str]) -> None:
    baseline = dig(record, "baseline", "few_shot") or {}
    nearest = {k: found["nearest"] for k, found in record["integer"].items() if dig(found, "nearest")}
    _line(axes, shots, record.get("float") or {}, "mean", -1, color=GREEN, marker="o", ls="--", label="float")
    _line(axes, shots, record["integer"], "mean", 0, color=BLUE, marker="s", label="integers of the hardware")
    _line(axes, shots, nearest, "mean", 1, color=ORANGE, marker="^", ls="-.", label="integers, nearest support")
    _line(axes, shots, baseline, "mean", -2, color=GREY, marker="D", ls=":", label="baseline: intensity alone")
    if seeds:
        label = f"integers, mean of {len(seeds['seeds'])} trainings"
        _line(axes, shots, seeds["integer"], "mean", 2, color=PURPLE, marker="*", ls="none", ms=9, label=label)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.06))
    _finish(axes, shots, f"all {len(classes)} classes", 1 / len(classes))


def _pair(axes: Axes, shots: Sequence[int], record: Record, seeds: Record) -> None:
    """The same lines as in the first panel, whose legend names them."""
    pair, baseline = record["single_vs_multi"], dig(record, "baseline", "few_shot") or {}
    integer = pair["integer"]
    baseline = {k: found["single_vs_multi"] for k, found in baseline.items() if dig(found, "single_vs_multi")}
    nearest = {k: found["nearest"] for k, found in integer.items() if dig(found, "nearest")}
    _line(axes, shots, pair.get("float") or {}, "balanced", -1, color=GREEN, marker="o", ls="--")
    _line(axes, shots, integer, "balanced", 0, color=BLUE, marker="s")
    _line(axes, shots, nearest, "balanced", 1, color=ORANGE, marker="^", ls="-.")
    _line(axes, shots, baseline, "balanced", -2, color=GREY, marker="D", ls=":")
    _line(axes, shots, seeds.get("single_vs_multi") or {}, "mean", 2, color=PURPLE, marker="*", ls="none", ms=9)
    _finish(axes, shots, "single against multi by itself", 0.5)


def draw(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """Float, integers with both rules, baseline; and single against multi by itself where both classes exist."""
    record, seeds = found["accuracy"], found.get("seeds") or {}
    shots = _numbers(record.get("integer") or {})
    if not shots:
        return None
    pair = record.get("single_vs_multi") or {}
    panels = (1.0, 1.0) if pair.get("integer") else (1.0,)
    figure, axes = canvas(f"{name}: accuracy over shots", about(record), panels)
    _all_classes(axes[0], shots, record, seeds, classes)
    if len(axes) > 1:
        _pair(axes[1], shots, record, seeds)
    return Drawing("accuracy_over_shots", CAPTION, figure)

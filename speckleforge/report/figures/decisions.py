"""What is decided: confusion matrix and veto. Takes the record of the evaluation; gives drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from speckleforge.report.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    Drawing,
    Record,
    about,
    canvas,
    class_label,
    legend_below,
)
from speckleforge.report.quantity import dig

POINTS = (("0.95", BLUE, "o"), ("0.99", ORANGE, "s"))
LEAST = 1e-3  # smallest share on the logarithmic axis
CONFUSION = (
    "How each class is decided. Left: few-shot episodes on unseen particles; right: the head with the prototypes that "
    "the weight image boots with."
)
VETO = (
    "Keeping single hits: what else passes the veto as its threshold moves, and what is kept of each class where 95 % "
    "and 99 % of single hits are kept."
)


def _matrix(axes: Axes, shares: Mapping[str, Mapping[str, float]], decided: Sequence[str], title: str) -> None:
    """Rows are true classes and sum to one."""
    true = [name for name in decided if name in shares]
    rows = [[shares[name].get(other, 0.0) for other in decided] for name in true]
    axes.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(rows):
        for x, share in enumerate(row):
            text = "0" if share == 0 else f"{100 * share:.1f}"
            axes.text(x, y, text, ha="center", va="center", color="white" if share > 0.6 else "black")
    axes.set_xticks(range(len(decided)), [class_label(name) for name in decided], rotation=20, ha="right")
    axes.set_yticks(range(len(rows)), [class_label(name) for name in true])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.set(title=title, xlabel="decided", ylabel="true class")


def _shares(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """Counts to shares of each true class."""
    sums = {truth: max(sum(row.values()), 1) for truth, row in counts.items()}
    return {truth: {name: count / sums[truth] for name, count in row.items()} for truth, row in counts.items()}


def draw_confusion(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """Shares of each true class in percent: episodes, and the boot image."""
    record = found["accuracy"]
    episodes, boot = dig(record, "confusion", "episodes"), dig(record, "confusion", "boot_image")
    if not dig(episodes, "share"):
        return None
    text = about(record, "% of the true class, integers of the hardware")
    figure, axes = canvas(f"{name}: confusion", text, (1.0, 1.15) if boot else (1.0,))
    _matrix(axes[0], episodes["share"], list(classes), f"{episodes['shots']}-shot episodes")
    if boot:
        counts = {truth: {k: v for k, v in boot[truth].items() if isinstance(v, int)} for truth in classes}
        _matrix(axes[1], _shares(counts), [*classes, "unknown"], "boot image's own prototypes")
    return Drawing("confusion", CONFUSION, figure)


def rest_kept(point: Record, priors: Mapping[str, float]) -> float:
    """Share kept of all that is not single, for the declared priors."""
    rest = {name: prior for name, prior in priors.items() if name != "single"}
    kept = sum(prior * float(point["kept"].get(name, 0.0)) for name, prior in rest.items())
    return kept / max(sum(rest.values()), 1e-12)


def _roc(axes: Axes, veto: Record) -> None:
    curve = [(max(rest, LEAST), single) for rest, single in veto["roc"]]
    axes.plot(*zip(*curve, strict=True), color="black", label=f"single against the rest, area {veto['auc']:.3f}")
    multi = dig(veto, "against", "multi")
    if multi:
        curve = [(max(rest, LEAST), single) for rest, single in multi["roc"]]
        label = f"single against multi, area {multi['auc']:.3f}"
        axes.plot(*zip(*curve, strict=True), color=GREY, linestyle="--", label=label)
    for key, colour, marker in POINTS:
        point = dig(veto, "at", key)
        if point:
            rest = max(rest_kept(point, veto["priors"]), LEAST)
            purity, factor = f"purity {point['purity']:.2f}", f"1 in {point['reduction_factor']:.1f} frames"
            label = f"{100 * float(key):.0f} % of single: {purity}, {factor}"
            axes.plot(rest, point["kept_single"], marker, color=colour, ms=8, label=label)
            axes.plot([rest, rest], [0, point["kept_single"]], color=colour, linewidth=0.9, linestyle=":")
    axes.set_xscale("log")
    axes.set(xlim=(LEAST, 1), ylim=(0, 1.02))
    axes.set_xticks([0.001, 0.01, 0.1, 1], ["0.1 or less", "1", "10", "100"])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    axes.set(title="ROC", xlabel="kept of everything else (%)", ylabel="kept of single hits (%)")
    legend_below(axes, columns=1)


def _kept(axes: Axes, veto: Record, classes: Sequence[str]) -> None:
    points = [(key, colour) for key, colour, _ in POINTS if dig(veto, "at", key)]
    height = 0.8 / max(len(points), 1)
    for index, (key, colour) in enumerate(points):
        kept = [100 * veto["at"][key]["kept"].get(name, 0.0) for name in classes]
        places = [row + (index - (len(points) - 1) / 2) * height for row in range(len(classes))]
        bars = axes.barh(places, kept, height=0.9 * height, color=colour, label=f"{100 * float(key):.0f} % of single")
        axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
    labels = [f"{class_label(name)}\n(prior {100 * veto['priors'].get(name, 0.0):.3g} %)" for name in classes]
    axes.set_yticks(range(len(classes)), labels)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(title="kept of each class", xlabel="kept (%)", xlim=(0, 112))
    axes.set_xticks([0, 25, 50, 75, 100])
    legend_below(axes)
    axes.tick_params(axis="y", length=0, labelcolor=GREY)


def draw_veto(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """ROC with the two points, and what they keep of each class."""
    record = found["accuracy"]
    veto = record.get("veto") or {}
    if not veto.get("roc"):
        return None
    text = about(record, f"{veto['shots']}-shot; priors are declared, not measured")
    figure, axes = canvas(f"{name}: veto", text, (1.0, 1.0))
    _roc(axes[0], veto)
    _kept(axes[1], veto, [name for name in classes if name in veto["priors"]])
    return Drawing("veto", VETO, figure)

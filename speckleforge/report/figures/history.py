"""How the network learnt. Takes the records of training and quantisation; gives a drawing of loss and accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from speckleforge.report.figures.style import BLUE, GREY, ORANGE, Drawing, Record, about, canvas

CAPTION = "Loss on the training particles and few-shot accuracy on the validation particles, which choose the epoch."
STAGES = (("training", "float training", BLUE, "o"), ("quantisation", "low-bit training", ORANGE, "s"))


def _series(rows: Sequence[Record], key: str) -> tuple[list[int], list[float]]:
    known = [(row["epoch"], row[key]) for row in rows if row.get(key) is not None]
    return [epoch for epoch, _ in known], [value for _, value in known]


def _panel(axes: Axes, records: Sequence[tuple[Record, str, str, str]], key: str, title: str, unit: str) -> None:
    for record, label, colour, marker in records:
        epochs, values = _series(record["history"], key)
        axes.plot(epochs, values, color=colour, marker=marker, ms=4, label=label)
        best = record.get("best_epoch")
        if best in epochs:
            place = (best, values[epochs.index(best)])
            axes.plot(*place, marker="o", ms=12, mfc="none", color=colour, ls="none", label=f"chosen: epoch {best}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(title=title, xlabel="epoch", ylabel=unit)
    axes.legend(loc="best")
    axes.tick_params(color=GREY)


def draw(found: Record, name: str, classes: Sequence[str]) -> Drawing | None:
    """Training, and low-bit training where there was one."""
    records = [(found[role], *rest) for role, *rest in STAGES if (found.get(role) or {}).get("history")]
    if not records:
        return None
    seed = found["training"].get("seed")
    figure, axes = canvas(f"{name}: training", about(found["accuracy"], f"seed {seed}"), (1.0, 1.0))
    _panel(axes[0], records, "loss", "training particles", "loss")
    _panel(axes[1], records, "validate_accuracy", "validation particles", "balanced accuracy")
    return Drawing("training_history", CAPTION, figure)

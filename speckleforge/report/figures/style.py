"""How every figure looks. Takes numbers of panels and titles; gives axes to draw on and PNG bytes that repeat.

Colours are those of Okabe and Ito, which people with any colour vision tell apart; a marker or a line style says the
same once more.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

Record = Mapping[str, Any]

BLUE, ORANGE, GREEN, PURPLE, SKY, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#6E6E6E"
CLASS_COLOURS = (GREY, BLUE, ORANGE, GREEN, PURPLE, SKY)
DPI = 150
PANEL = (4.6, 3.9)  # inches
HEADER = 0.62  # inches above the panels, for title and stage
SETTINGS: Any = {  # of matplotlib: their names are a type of its own
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.5,
    "errorbar.capsize": 2.5,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.9,
    "legend.fontsize": 8,
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure: name of its file, caption for the report, and the figure itself."""

    name: str
    caption: str
    figure: Figure


def prepare() -> None:
    """Forget every setting and font of this machine: only those that come with matplotlib count."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS)
    bundled = Path(matplotlib.get_data_path())
    manager = font_manager.fontManager
    manager.ttflist = [font for font in manager.ttflist if Path(font.fname).is_relative_to(bundled)]


def canvas(title: str, about: str, widths: Sequence[float] = (1.0,)) -> tuple[Figure, list[Axes]]:
    """A figure with one panel for each relative width, a title, and below it where the data come from."""
    height = PANEL[1] + HEADER
    layout = ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - HEADER / height))
    figure = Figure(figsize=(PANEL[0] * sum(widths), height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)
    figure.text(0.012, 1 - 0.18 / height, title, va="center", fontsize=12, fontweight="bold")
    figure.text(0.012, 1 - 0.42 / height, about, va="center", color=GREY)
    axes = figure.subplots(1, len(widths), width_ratios=list(widths), squeeze=False)
    return figure, list(axes[0])


def about(record: Record, more: str = "") -> str:
    """Stage and condition of what is shown: no figure goes without."""
    data = record["data"]
    condition = data.get("condition")
    text = f"{data['stage']}, condition {condition}" if condition else str(data["stage"])
    return f"{text}; {more}" if more else text


def png(figure: Figure) -> bytes:
    """The bytes of a figure, without a time or a version."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def legend_below(axes: Axes, columns: int = 2) -> None:
    """A legend under the panel: it hides nothing, wherever the lines go."""
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=columns)


def share_axis(axes: Axes, values: Sequence[float]) -> None:
    """Shares up to 1, from a round number below the lowest and at most 0.4."""
    axes.set_ylim(max(min(0.4, math.floor(10 * min(values) - 0.5) / 10), 0.0), 1.0)


def whiskers(means: Sequence[float], intervals: Sequence[Sequence[float]]) -> list[list[float]]:
    """Lengths below and above the means, as `errorbar` takes them."""
    pairs = list(zip(means, intervals, strict=True))
    return [[max(mean - low, 0) for mean, (low, _) in pairs], [max(high - mean, 0) for mean, (_, high) in pairs]]


def class_label(name: str) -> str:
    """`non_sample` -> `non-sample`."""
    return name.replace("_", "-")


def class_colour(name: str, classes: Sequence[str]) -> str:
    """One colour for each class, the same in every figure."""
    known = ("background", "single", "multi", "non_sample")
    index = known.index(name) if name in known else len(known) + list(classes).index(name)
    return CLASS_COLOURS[index % len(CLASS_COLOURS)]

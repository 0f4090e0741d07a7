"""Pictures of patterns. Takes a data set; gives matplotlib figures and their bytes; changes no number.

Colours are those of Okabe and Ito, as in the report's figures; a line style says the same once more.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import Dataset

DPI = 150
SHOWN = 7  # patterns of a class
SIDE = 1.3  # inches of a pattern
HEADER = 0.62  # inches above the panels, for title and source
LEAST = 0.8  # photons: below it a pixel is shown as empty
CHUNK = 256  # patterns in memory
MOST = 4000  # patterns of a class in a mean
GREY, BLIND = "#6E6E6E", "#8C8C8C"
STYLES = (
    (GREY, "-"),
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))),
)
SETTINGS: Any = {  # of matplotlib: their names are a type of its own
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
}
Floats = NDArray[np.float64]


def prepare() -> None:
    """Forget every setting and font of this machine: only those that come with matplotlib count."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS)
    bundled = Path(matplotlib.get_data_path())
    manager = font_manager.fontManager
    manager.ttflist = [font for font in manager.ttflist if Path(font.fname).is_relative_to(bundled)]


def png(figure: Figure) -> bytes:
    """The bytes of a figure, without a time or a version."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def blind(data: Dataset) -> NDArray[np.bool_]:
    """Pixels [rows, columns] that no pattern ever lights: beam stop, gaps and dead ones."""
    highest = np.zeros(data.photons.shape[1:], data.photons.dtype)
    for start in range(0, len(data.photons), CHUNK):
        highest = np.maximum(highest, data.photons[start : start + CHUNK].max(axis=0))
    return np.asarray(highest == 0)


def about(data: Dataset) -> str:
    """Where the patterns come from: no picture goes without."""
    source, units = data.attributes["source"], data.attributes["units"]
    if source == "simulation":
        return f"simulated, {units}, condition {data.attributes['condition']}"
    return f"{source} files, {units}"


def spread(data: Dataset, label: int, count: int) -> NDArray[np.int64]:
    """At most `count` training patterns of a class, evenly from the first to the last: of many particles."""
    found = np.flatnonzero((data.split == 0) & (data.label == label))
    chosen = np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(np.int64)
    return np.asarray(found[chosen], np.int64)


def _canvas(width: float, height: float, title: str, line: str) -> Figure:
    """A figure of `width` x `height` inches under its title."""
    whole = height + HEADER
    layout = ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - HEADER / whole), w_pad=0.03, h_pad=0.03)
    figure = Figure(figsize=(width, whole), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)
    figure.text(0.1 / width, 1 - 0.18 / whole, title, va="center", fontsize=12, fontweight="bold")
    figure.text(0.1 / width, 1 - 0.42 / whole, line, va="center", color=GREY)
    return figure


def contact_sheet(data: Dataset) -> Figure:
    """Some patterns of each class, all on one logarithmic scale."""
    classes, dark = list(data.attributes["classes"]), blind(data)
    rows, columns = data.photons.shape[1:]
    tall = SIDE * rows / columns + 0.24
    line = f"{about(data)}; {rows}x{columns} pixels; above each pattern its sum; grey: no pattern lights the pixel"
    figure = _canvas(SIDE * SHOWN + 1.5, tall * len(classes) + 0.1, "What each class looks like", line)
    chosen = [spread(data, label, SHOWN) for label in range(len(classes))]
    highest = max(int(data.photons[index].max()) for index in np.concatenate(chosen))
    visible = ListedColormap(matplotlib.colormaps["inferno"](np.linspace(0.25, 1, 256)))  # one photon is not black
    colours = visible.with_extremes(under="black", bad=BLIND)
    norm = LogNorm(LEAST, max(highest, 2))
    panels = figure.subplots(len(classes), SHOWN, squeeze=False)
    for name, indices, line_of_panels in zip(classes, chosen, panels, strict=True):
        line_of_panels[0].set_ylabel(name.replace("_", "-"), fontweight="bold")
        for number, axes in enumerate(line_of_panels):
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            if number < len(indices):
                index = int(indices[number])
                image = np.ma.masked_array(np.maximum(data.photons[index], LEAST / 2), dark)
                image_of_norm = axes.imshow(image, cmap=colours, norm=norm, interpolation="nearest")
                axes.set_title(_caption(data, index), fontsize=7, color=GREY, pad=2)
    bar = figure.colorbar(image_of_norm, ax=panels, aspect=40, pad=0.01, extend="min")
    bar.set_label(f"{data.attributes['units']} per pixel (black: none)")
    return figure


def _caption(data: Dataset, index: int) -> str:
    """Sum of the words and, where they are known, the number of particles and which one."""
    parts = [f"{int(data.photons[index].sum(dtype=np.int64)):,}"]
    if data.hits[index] > 1:
        parts.append(f"{int(data.hits[index])} particles")
    return ", ".join(parts)


def intensity_over_q(data: Dataset) -> Figure:
    """Mean intensity over the scattering vector by class, and the range of the patterns."""
    classes, open_pixels = list(data.attributes["classes"]), ~blind(data)
    shells = max(min(data.photons.shape[1:]) // 2, 4)
    known = data.q[open_pixels].astype(np.float64)
    edges = np.linspace(known.min(), known.max() * (1 + 1e-6), shells + 1)
    shell = np.where(open_pixels, np.digitize(data.q, edges) - 1, shells).ravel()
    line = f"{about(data)}; band: 16 to 84 % of the patterns; pixels that any pattern lights"
    figure = _canvas(7.2, 4.2, "Mean intensity over the scattering vector", line)
    axes, lowest = figure.subplots(), []
    for label, name in enumerate(classes):
        profiles = _profiles(data, spread(data, label, MOST), shell, shells)
        lowest.append(_draw_class(axes, (edges[1:] + edges[:-1]) / 2, profiles, name, STYLES[label % len(STYLES)]))
    what = "|q| (1/nm)" if data.q_units == "1/nm" else f"distance from the middle ({data.q_units})"
    axes.set(yscale="log", xlim=(0, edges[-1]), xlabel=what, ylabel=f"{data.attributes['units']} per pixel")
    axes.set_ylim(bottom=min(lowest) / 3)
    axes.grid(visible=True)
    axes.set_axisbelow(True)
    axes.legend(frameon=False)
    return figure


def _draw_class(axes: Any, middle: Floats, profiles: Floats, name: str, look: tuple[str, Any]) -> float:
    """Mean and band of one class; returns its lowest mean above 0."""
    filled = np.isfinite(profiles).all(axis=0)
    mean = profiles[:, filled].mean(axis=0)
    low, high = np.percentile(profiles[:, filled], (16, 84), axis=0)
    label = f"{name.replace('_', '-')}: {len(profiles):,} patterns"
    axes.fill_between(middle[filled], low, high, color=look[0], alpha=0.13, linewidth=0)
    axes.plot(middle[filled], mean, color=look[0], linestyle=look[1], linewidth=1.6, label=label)
    return float(mean[mean > 0].min(initial=1.0))


def _profiles(data: Dataset, indices: NDArray[np.int64], shell: NDArray[np.int64], shells: int) -> Floats:
    """Mean of each shell in each pattern [n, shells]; NaN where a shell has no pixel."""
    pixels = np.bincount(shell, minlength=shells + 1)[:shells]
    order = np.argsort(shell, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(shell, minlength=shells + 1))])
    sums = np.zeros((len(indices), shells))
    for start in range(0, len(indices), CHUNK):
        words = data.photons[indices[start : start + CHUNK]].reshape(-1, len(shell))[:, order].astype(np.int64)
        total = np.concatenate([np.zeros((len(words), 1), np.int64), np.cumsum(words, axis=1)], axis=1)[:, bounds]
        sums[start : start + CHUNK] = np.diff(total, axis=1)[:, :shells]
    return np.where(pixels > 0, sums / np.maximum(pixels, 1), np.nan)

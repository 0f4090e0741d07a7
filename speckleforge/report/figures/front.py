"""Variants of a spec as a plot: rate against area, by precision and arithmetic. Takes the record of `forge explore`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from speckleforge.report.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, canvas, png, prepare

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY)
MARKERS = {"any": "o", "mul": "s", "da": "^", "dsp2": "D"}
PANELS = (("lut", "LUT"), ("dsp", "DSP"))
Row = Mapping[str, Any]


def plot(record: Mapping[str, Any]) -> bytes:
    """PNG: filled markers are the front, hollow ones the rest, crosses what synthesis obtained."""
    prepare()
    rows = [row for row in record["variants"] if row["error"] is None]
    about = f"{record['target']}; predicted (crosses: synthesised); filled: beaten by no other variant"
    figure, axes = canvas(f"{record['spec']}: precision, rate, arithmetic", about, (1.0,) * len(PANELS))
    for ax, (resource, name) in zip(axes, PANELS, strict=True):
        _panel(ax, rows, resource)
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set(xlabel="frames per millisecond (kHz)", ylabel=f"{name} of the board (%)", ylim=(0, None))
    axes[-1].legend(*_legend(axes[0], rows), loc="best")
    return png(figure)


def _panel(ax: Axes, rows: Sequence[Row], resource: str) -> None:
    """One resource."""
    for width, colour in zip(sorted({row["bits"] for row in rows}), COLOURS, strict=False):
        mine = [row for row in rows if row["bits"] == width]
        line = sorted(_at(row, resource) for row in mine if row["on_front"] and row["arithmetic"] == "any")
        ax.plot([x for x, _ in line], [y for _, y in line], color=colour, alpha=0.5)
        for row in mine:
            face = colour if row["on_front"] else "none"
            x, y = _at(row, resource)
            ax.plot(x, y, MARKERS.get(row["arithmetic"], "o"), markerfacecolor=face, markeredgecolor=colour)
            got = (row.get("obtained") or {}).get(resource, {})
            if got.get("share") is not None:
                ax.plot(x, 100 * got["share"], "x", color=GREY, markersize=9, markeredgewidth=2)


def _at(row: Row, resource: str) -> tuple[float, float]:
    """Rate and share of a variant, in kHz and per cent."""
    found = row["prediction"]
    return float(found["frame_rate_khz"]["value"]), 100 * float(found["resources"][resource]["share"] or 0)


def _legend(ax: Axes, rows: Sequence[Row]) -> tuple[list[Any], list[str]]:
    """Colours are bits, markers arithmetic."""
    handles, names = [], []
    for width, colour in zip(sorted({row["bits"] for row in rows}), COLOURS, strict=False):
        handles += ax.plot([], [], color=colour)
        names.append(f"{width} bits")
    for arithmetic in dict.fromkeys(row["arithmetic"] for row in rows):
        handles += ax.plot([], [], MARKERS.get(arithmetic, "o"), color=GREY)
        names.append(str(arithmetic))
    return handles, names

"""All figures in their order. Takes the records; gives drawings one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from speckleforge.report.figures import decisions, history, robustness, shots
from speckleforge.report.figures.style import Drawing, Record

FIGURES: tuple[Callable[[Record, str, Sequence[str]], Drawing | None], ...] = (
    shots.draw,
    decisions.draw_confusion,
    decisions.draw_veto,
    robustness.draw_photons,
    robustness.draw_area,
    history.draw,
)


def drawings(
    found: Record, name: str, classes: Sequence[str], progress: Callable[[float, str], None]
) -> Iterator[Drawing]:
    """Each figure that the records allow.

    Parameters
    ----------
    found
        Role -> record: `accuracy`, and `training`, `quantisation`, `seeds` where they are there.
    name
        Name of the spec, for the titles.
    classes
        In the order of their labels.
    progress
        Called with the fraction done.
    """
    for index, figure in enumerate(FIGURES):
        drawing = figure(found, name, classes)
        progress((index + 1) / len(FIGURES), drawing.name if drawing else "left out")
        if drawing is not None:
            yield drawing

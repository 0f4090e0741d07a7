"""Accuracy over missing detector area. Takes patterns; gives points with modules blanked in support and query."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.fewshot import summary
from speckleforge.fixed.arithmetic import Ints
from speckleforge.verify.evaluation.sweeps import Sweep, used
from speckleforge.verify.evaluation.trial import SEED, Progress, Record

AREAS = (0.0, 0.05, 0.10, 0.25, 0.50)
DRAWS = 3
"""Orders in which modules go missing: which one it is matters as much as how many."""
MODULES = (8, 4)
"""Modules along rows and columns: oblong, as those of most tiled detectors."""
PASSES = DRAWS * (len(AREAS) - 1)
STREAM = 2


def module_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of a module of the words' image."""
    return -(-shape[0] // MODULES[0]), -(-shape[1] // MODULES[1])


def missing(shape: tuple[int, int], area: float, draw: int) -> NDArray[np.bool_]:
    """[rows, columns]: pixels that are gone; a larger area takes the same modules and more.

    Parameters
    ----------
    area
        Share of the pixels; the nearest that whole modules give.
    draw
        Which order of modules.
    """
    height, width = module_shape(shape)
    module = np.arange(shape[0])[:, None] // height * MODULES[1] + np.arange(shape[1])[None, :] // width
    sizes = np.bincount(module.ravel(), minlength=MODULES[0] * MODULES[1])
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(STREAM, draw)))
    order = rng.permutation(np.flatnonzero(sizes))
    gone = np.concatenate([[0], np.cumsum(sizes[order])]) / module.size
    count = int(np.abs(gone - area).argmin())
    return np.isin(module, order[:count])


def missing_area(sweep: Sweep, progress: Progress) -> Record:
    """Accuracy with modules missing, in support and query alike; means over the draws."""
    rows, columns = (int(size) for size in sweep.data.photons.shape[1:])
    points = [_area_point(sweep, (rows, columns), area, progress) for area in AREAS]
    return {**used(sweep), "module": list(module_shape((rows, columns))), "draws": DRAWS, "points": points}


def _area_point(sweep: Sweep, shape: tuple[int, int], area: float, progress: Progress) -> Record:
    """One share of the area."""
    gone = [missing(shape, area, draw) for draw in range(DRAWS if area else 1)]
    runs = [_blanked(sweep, mask, progress) if mask.any() else sweep.embeddings for mask in gone]
    pair = sweep.trial.pair
    each = np.stack([sweep.particles(values) for values in runs])
    means = each.mean(axis=1)
    between = None if pair is None else np.mean([sweep.particles(values, pair) for values in runs], axis=0)
    return {
        "asked": area,
        "area": round(float(np.mean([mask.mean() for mask in gone])), 6),
        "accuracy": summary(each.mean(axis=0), SEED),
        "single_vs_multi": None if between is None else summary(between, SEED),
        "range": [round(float(means.min()), 6), round(float(means.max()), 6)],
    }


def _blanked(sweep: Sweep, mask: NDArray[np.bool_], progress: Progress) -> Ints:
    """Embeddings with the pixels of `mask` at 0."""
    what = f"{100 * mask.mean():.0f} % of the area missing"
    return sweep.changed(lambda words: np.where(mask, 0, words).astype(words.dtype), progress, what)

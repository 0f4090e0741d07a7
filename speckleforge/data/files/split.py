"""Which split each frame belongs to. Takes what is known of the frames; gives splits of whole groups.

A group (particle, run, or block of time) is in one split alone: what tests accuracy was never seen in training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.dataset import SPLITS
from speckleforge.data.files.labels import Labels, Texts
from speckleforge.data.files.settings import SplitSettings
from speckleforge.errors import FormatError, Problem


def groups_of(labels: Labels, file_names: Texts, settings: SplitSettings) -> Texts:
    """Name of each frame's group [N]; a run is a file where no run is known.

    Raises
    ------
    FormatError
        The split is by particle and none is known.
    """
    if settings.by == "particle":
        if labels.particle is None:
            what, step = "no particle is known of the frames", "split by run or time_block, or add a column particle"
            raise FormatError(Problem(what, "data.split.by", "particle", "run, time_block", step))
        return labels.particle
    run = file_names if labels.run is None else labels.run
    return run if settings.by == "run" else _blocks(run, labels.time, settings.block)


def _blocks(run: Texts, time: NDArray[np.float64] | None, size: int) -> Texts:
    """`RUN/NUMBER`: blocks of `size` consecutive frames of a run, in order of time where it is known."""
    number = np.zeros(len(run), np.int64)
    for name in np.unique(run):
        mine = np.flatnonzero(run == name)
        order = mine if time is None else mine[np.argsort(time[mine], kind="stable")]
        number[order] = np.arange(len(mine)) // size
    return np.array([f"{name}/{block}" for name, block in zip(run, number, strict=True)], np.str_)


def assign(groups: Texts, settings: SplitSettings) -> NDArray[np.uint8]:
    """Split [N] of frames in `groups` [N]: shares of the groups, at least one each, drawn by the seed.

    Raises
    ------
    FormatError
        There are fewer than three groups, or the shares leave none to learn from.
    """
    names, member = np.unique(groups, return_inverse=True)
    validate, test = (max(1, round(share * len(names))) for share in (settings.validate, settings.test))
    if len(names) - validate - test < 1:
        got = f"{len(names)} ({', '.join(names[:4])}{', ...' if len(names) > 4 else ''})"
        step = "more files, a smaller data.split.block, or smaller shares"
        what = f"too few groups to split by {settings.by}"
        raise FormatError(Problem(what, "data.split", got, f"{validate + test + 1} or more", step))
    order = np.random.Generator(np.random.PCG64(np.random.SeedSequence(settings.seed))).permutation(len(names))
    split = np.full(len(names), SPLITS.index("train"), np.uint8)
    split[order[:test]] = SPLITS.index("test")
    split[order[test : test + validate]] = SPLITS.index("validate")
    return np.asarray(split[member])

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

POOL_BLOCKS = 10
"""Blocks, or more, of a pool whose files and runs are too few to be split."""
NO_NAME = ("", "-1", "nan", "none")
"""What a column of particles says where a frame shows none, in lower case."""


def groups_of(labels: Labels, file_names: Texts, settings: SplitSettings, pool: Texts | None = None) -> Texts:
    """Name of each frame's group [N]; a run is a file where no run is known.

    `pool` names the class of each frame in `pool_of`: by particle, these have groups of their own.

    Raises
    ------
    FormatError
        The split is by particle and none is known.
    """
    if settings.by == "particle":
        if labels.particle is None:
            what, step = "no particle is known of the frames", "split by run or time_block, or add a column particle"
            raise FormatError(Problem(what, "data.split.by", "particle", "run, time_block", step))
        return labels.particle if pool is None else _with_pools(labels, file_names, settings, pool)
    run = file_names if labels.run is None else labels.run
    return run if settings.by == "run" else _blocks(run, labels.time, settings.block)


def pool_of(labels: Labels, classes: Texts, settings: SplitSettings) -> Texts:
    """Class [N] of frames without a particle to split by, else empty; `classes` [N]: of a pool, or empty."""
    if settings.by != "particle" or labels.particle is None:
        return np.full(len(classes), "", np.str_)
    return np.where(np.isin(np.char.lower(labels.particle), NO_NAME), classes, "")


def _with_pools(labels: Labels, file_names: Texts, settings: SplitSettings, pool: Texts) -> Texts:
    """Particles, and for each class of `pool` its files and runs, or blocks of frames where these are too few."""
    assert labels.particle is not None
    groups = labels.particle.astype(object)
    run = file_names if labels.run is None else np.char.add(np.char.add(file_names, ", run "), labels.run)
    for name in np.unique(pool[pool != ""]):
        mine = np.flatnonzero(pool == name)
        own = run[mine]
        if not _enough(len(np.unique(own)), settings):
            size = max(1, min(settings.block, len(mine) // POOL_BLOCKS))
            own = _blocks(own, None if labels.time is None else labels.time[mine], size)
        groups[mine] = [f"{name} of {group}" for group in own]
    return groups.astype(np.str_)


def _blocks(run: Texts, time: NDArray[np.float64] | None, size: int) -> Texts:
    """`RUN/NUMBER`: blocks of `size` consecutive frames of a run, in order of time where it is known."""
    number = np.zeros(len(run), np.int64)
    for name in np.unique(run):
        mine = np.flatnonzero(run == name)
        order = mine if time is None else mine[np.argsort(time[mine], kind="stable")]
        number[order] = np.arange(len(mine)) // size
    return np.array([f"{name}/{block}" for name, block in zip(run, number, strict=True)], np.str_)


def _shares(count: int, settings: SplitSettings) -> tuple[int, int]:
    """Groups that validate and test, of `count`."""
    validate, test = (max(1, round(share * count)) for share in (settings.validate, settings.test))
    return validate, test


def _enough(count: int, settings: SplitSettings) -> bool:
    """Whether some of `count` groups are left to learn from."""
    return count > sum(_shares(count, settings))


def assign_pools(groups: Texts, pool: Texts, settings: SplitSettings) -> NDArray[np.uint8]:
    """`assign` for the particles and for each class of `pool` by itself: every split gets some of each."""
    split = np.zeros(len(groups), np.uint8)
    for stratum, name in enumerate(np.unique(np.append(pool, ""))):  # the particles, named "", come first
        mine = pool == name
        if mine.any():
            split[mine] = assign(groups[mine], settings, stratum)
    return split


def assign(groups: Texts, settings: SplitSettings, stratum: int = 0) -> NDArray[np.uint8]:
    """Split [N] of frames in `groups` [N]: shares of the groups, at least one each, drawn by the seed and `stratum`.

    Raises
    ------
    FormatError
        There are fewer than three groups, or the shares leave none to learn from.
    """
    names, member = np.unique(groups, return_inverse=True)
    validate, test = _shares(len(names), settings)
    if not _enough(len(names), settings):
        got = f"{len(names)} ({', '.join(names[:4])}{', ...' if len(names) > 4 else ''})"
        step = "more files, a smaller data.split.block, or smaller shares"
        what = f"too few groups to split by {settings.by}"
        raise FormatError(Problem(what, "data.split", got, f"{validate + test + 1} or more", step))
    seed = np.random.SeedSequence((settings.seed, stratum) if stratum else settings.seed)
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(names))
    split = np.full(len(names), SPLITS.index("train"), np.uint8)
    split[order[:test]] = SPLITS.index("test")
    split[order[test : test + validate]] = SPLITS.index("validate")
    return np.asarray(split[member])

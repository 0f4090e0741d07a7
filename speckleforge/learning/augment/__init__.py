"""Augmentations by name: one file each, and its line here. Takes words; gives words that other patterns might have.

A file holds `KEYS` (a literal that the spec reads without importing it) and `make(**keys)`, which gives a `Step` (words
to words) or an `Affine` (where pixels come from). Words stay whole numbers, so that counts stay counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.learning.augment import dihedral, drop_patch, mirror, noise, rotate, shift, zoom
from speckleforge.learning.augment._affine import Affine, Step, resample

STEPS: Mapping[str, Any] = {
    "dihedral": dihedral,
    "drop_patch": drop_patch,
    "mirror": mirror,
    "noise": noise,
    "rotate": rotate,
    "shift": shift,
    "zoom": zoom,
}

Steps = Sequence[tuple[str, Mapping[str, float]]]


def random_stream(seed: int, epoch: int, step: int) -> np.random.Generator:
    """The random numbers of one batch: they depend on nothing else, so that a resumed training draws the same."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(epoch, step)))


def _make(name: str, keys: Mapping[str, float]) -> Step | Affine:
    """One step of the list; raises `SpecError` where there is no such step."""
    if name not in STEPS:
        allowed, hint = ", ".join(STEPS), did_you_mean(name, list(STEPS))
        raise SpecError(Problem("no such augmentation", "train.augment", name, allowed, hint))
    own = {key: keys.get(key, about["default"]) for key, about in STEPS[name].KEYS.items()}
    made: Step | Affine = STEPS[name].make(**own)
    return made


def make_augment(steps: Steps) -> Step:
    """Return all `steps` as one, in their order; neighbouring affine ones share one sampling of the image.

    Raises
    ------
    SpecError
        If there is no such step.
    """
    made = [_make(name, keys) for name, keys in steps]

    def augment(words: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        """Words [N, rows, columns], any type -> float32 of the same values and shape, changed at random."""
        words, pending = words.to(torch.float32), None
        for step in made:
            if isinstance(step, Affine):
                matrices = step.matrices(rng, len(words))
                pending = matrices if pending is None else pending @ matrices
                continue
            words, pending = words if pending is None else resample(words, pending), None
            words = step(words, rng)
        return words if pending is None else resample(words, pending)

    return augment

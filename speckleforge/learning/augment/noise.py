"""Dimmer pulses and noisier readout. Words must be photon counts."""

from __future__ import annotations

import numpy as np
import torch

from speckleforge.learning.augment._affine import Step

KEYS = {
    "fluence": {
        "description": "largest share of the photons that is taken away; thinned Poisson counts are Poisson counts",
        "least": 0,
        "at_most": 1,
        "default": 0.3,
    },
    "gaussian": {
        "description": "standard deviation in photons of what is added to each pixel, rounded to whole photons",
        "least": 0,
        "at_most": 100,
        "default": 0,
    },
}


def _thinned(words: torch.Tensor, rng: np.random.Generator, fluence: float) -> torch.Tensor:
    """Each photon kept with a probability that is uniform in 1 - fluence..1 and the same for a whole pattern."""
    keep = rng.uniform(1 - fluence, 1, size=(len(words), 1, 1))
    counts = words.numpy().astype(np.int64)
    lit = np.nonzero(counts)
    counts[lit] = rng.binomial(counts[lit], np.broadcast_to(keep, counts.shape)[lit])
    return torch.from_numpy(counts.astype(np.float32))


def make(fluence: float, gaussian: float) -> Step:
    """Thinning, then readout noise; 0 leaves either out."""

    def step(words: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        words = _thinned(words, rng, fluence) if fluence else words
        if gaussian:
            added = rng.standard_normal(size=tuple(words.shape), dtype=np.float32) * np.float32(gaussian)
            words = torch.round(words + torch.from_numpy(added)).clamp_(min=0)
        return words

    return step

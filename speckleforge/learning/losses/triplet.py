"""Semi-hard triplet loss of SpeckleNN. Takes L2-normalised embeddings and labels; gives a scalar.

Sources: Wang et al., IUCrJ 10, 568 (2023), and arXiv 2502.19734 (squared L2, alpha 0.02); mining after Schroff et al.,
FaceNet, CVPR 2015, arXiv 1503.03832, section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

KEYS = {
    "margin": {
        "description": "alpha: by how much squared distances to other classes shall exceed those within a class",
        "above": 0,
        "at_most": 4,
        "default": 0.02,
    },
}

TRIPLES = 2**23
"""Triples that are looked at together: a large batch is mined in pieces, in some hundred megabytes."""


def squared_distances(embeddings: Tensor) -> Tensor:
    """|a - b|^2 of L2-normalised embeddings [N, L]: float32 [N, N] in 0..4."""
    return (2 - 2 * embeddings @ embeddings.T).clamp(min=0)


def semi_hard(distances: Tensor, labels: Tensor, margin: float) -> Tensor:
    """The negative of every pair of anchor and positive: int64 [N, N], an index into the batch.

    The nearest negative n with d(a, p) < d(a, n) < d(a, p) + margin. Where there is none: the farthest negative, which
    is the least hard one if all are nearer than the positive, and costs nothing if all are beyond the margin.
    """
    negative = labels[:, None] != labels[None, :]
    anchors = max(TRIPLES // max(len(labels) ** 2, 1), 1)
    pieces = zip(torch.split(distances, anchors), torch.split(negative, anchors), strict=True)
    return torch.cat([_mined(to, others, margin) for to, others in pieces])


def _mined(distances: Tensor, negative: Tensor, margin: float) -> Tensor:
    """`semi_hard` for some anchors: rows [A, N] of the distances and of what is no positive."""
    to_positive, to_negative = distances[:, :, None], distances[:, None, :]
    fits = negative[:, None, :] & (to_negative > to_positive) & (to_negative < to_positive + margin)
    nearest, index = to_negative.masked_fill(~fits, torch.inf).min(dim=2)
    farthest = distances.masked_fill(~negative, -1.0).argmax(dim=1)
    return torch.where(nearest.isfinite(), index, farthest[:, None])


def triplet(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Mean of `max(d(a, p) - d(a, n) + margin, 0)` over all pairs of anchor and positive of the batch.

    Parameters
    ----------
    embeddings
        float32 [N, L], L2-normalised.
    labels
        int64 [N]. Triplets are by class alone: support and query of an episode are of one particle, but positives of
        other particles teach what a class has in common, which is what carries over to particles never seen.
    margin
        alpha, in squared distances (0 to 4).
    """
    distances = squared_distances(embeddings)
    index = semi_hard(distances.detach(), labels, margin)
    cost = functional.relu(distances - distances.gather(1, index) + margin)
    same = labels[:, None] == labels[None, :]
    pairs = same & ~torch.eye(len(labels), dtype=torch.bool) & ~same.all(dim=1, keepdim=True)
    return (cost * pairs).sum() / pairs.sum().clamp(min=1)


def make(margin: float) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the loss with its margin set."""
    return lambda embeddings, labels: triplet(embeddings, labels, margin)

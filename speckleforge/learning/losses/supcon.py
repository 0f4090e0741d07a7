"""Supervised contrastive loss. Source: Khosla et al., NeurIPS 2020, arXiv 2004.11362, eq. 2."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

KEYS = {
    "temperature": {"description": "divides the cosine similarities", "above": 0, "at_most": 100, "default": 0.1},
}


def supcon(embeddings: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Pull patterns of one class together, push the others apart.

    Parameters
    ----------
    embeddings
        float32 [N, L], L2-normalised.
    labels
        int64 [N].
    temperature
        Divides the cosine similarities; a pattern alone in its class is left out.
    """
    logits = embeddings @ embeddings.T / temperature
    itself = torch.eye(len(labels), dtype=torch.bool)
    log_probability = logits - logits.masked_fill(itself, -torch.inf).logsumexp(dim=1, keepdim=True)
    positive = (labels[:, None] == labels[None, :]) & ~itself
    count = positive.sum(dim=1)
    mean = (log_probability * positive).sum(dim=1) / count.clamp(min=1)
    return -(mean * (count > 0)).sum() / (count > 0).sum().clamp(min=1)


def make(temperature: float) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the loss with its temperature set."""
    return lambda embeddings, labels: supcon(embeddings, labels, temperature)

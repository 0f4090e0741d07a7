"""Batch normalisations into the layers before them: a trained network to the one that the hardware computes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from speckleforge.errors import FormatError, Problem
from speckleforge.layers.batchnorm.fold import fold
from speckleforge.learning.network import FOLDED, Network

STATISTICS = ("weight", "bias", "running_mean", "running_var")


def fold_tensors(network: Network, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """`tensors` (of `Network.state`) with each batch normalisation in the linear layer before it; float64 inside.

    Raises
    ------
    FormatError
        If what stands before one is no linear layer.
    """
    found = {key: value for key, value in tensors.items() if network.kinds[key.split(".")[0]] != FOLDED}
    for name, source in network.rows:
        if network.kinds[name] != FOLDED:
            continue
        if f"{source}.weight" not in found:
            raise FormatError(
                Problem("a batch normalisation needs a linear layer before it", name, network.kinds[source])
            )
        weight, bias = (found[f"{source}.{part}"].double().numpy() for part in ("weight", "bias"))
        gamma, beta, mean, var = (tensors[f"{name}.{part}"].double().numpy() for part in STATISTICS)
        pair = fold(weight, bias, gamma, beta, mean, var)
        for part, value in zip(("weight", "bias"), pair, strict=True):
            found[f"{source}.{part}"] = torch.from_numpy(value.astype(np.float32))
    return found


def folded(network: Network) -> Network:
    """The same function without batch normalisations; another network even where there is none."""
    found = Network(network.structure, network.input_frac, folded=True)
    found.load(fold_tensors(network, network.state()), "folded")
    found.eval()
    return found

"""A batch normalisation folded into the linear layer before it. Takes and gives arrays; knows no network.

Source: Ioffe and Szegedy, ICML 2015, arXiv 1502.03167, section 3.1 (at inference it is one affine map per channel);
Jacob et al., CVPR 2018, arXiv 1712.05877, section 3.2 (that map in the weights before it).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
EPS = 1e-5  # of the torch facet


def fold(  # noqa: PLR0917 - published in this order
    weight: Floats, bias: Floats, gamma: Floats, beta: Floats, mean: Floats, var: Floats, eps: float = EPS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight and bias of the one layer that computes `gamma * (w*x + b - mean) / sqrt(var + eps) + beta`.

    Parameters
    ----------
    weight, bias
        Of the linear layer: [out, ...] and [out].
    gamma, beta
        Trained scale and offset of the normalisation, [out] (torch: `weight`, `bias`).
    mean, var
        Its running statistics, [out]; the variance is the one that is used at inference.
    eps
        What the normalisation adds to the variance.

    Returns
    -------
    float64 weight [out, ...] and bias [out].
    """
    w, b, g, offset, centre, spread = (np.asarray(v, np.float64) for v in (weight, bias, gamma, beta, mean, var))
    scale = g / np.sqrt(spread + eps)
    return w * scale.reshape(-1, *[1] * (w.ndim - 1)), (b - centre) * scale + offset

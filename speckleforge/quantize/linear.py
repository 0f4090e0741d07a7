"""Quantise one linear layer (conv2d, dense). Takes float weights and calibration activations; gives its integers.

Whatever the weights, the result fits: a dead channel, a huge bias or a huge weight costs precision, never a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp
from speckleforge.ir.topology import Node
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet
from speckleforge.layers.parameters import FRAC_LIMIT
from speckleforge.quantize.floats import float_layer
from speckleforge.quantize.scales import dequantised, largest_frac, quantised, weight_fracs

Floats = NDArray[np.float64]

FRAC_CANDIDATES = (-1, 0, 1, 2)
"""Output fracs tried, relative to the one at which no calibration value saturates."""


@dataclass(frozen=True)
class QuantisedLayer:
    """Integers of one layer.

    Attributes
    ----------
    values
        `weight`, `bias`, `shift`: int64, inside the topology's types.
    frac, weight_frac
        Fraction bits of the output, and of each channel's weights.
    clipped_weights, clipped_biases
        How many did not fit at their frac and were saturated.
    dead_channels
        Output channels all of whose float weights are 0.
    """

    values: dict[str, Ints]
    frac: int
    weight_frac: Ints
    clipped_weights: int
    clipped_biases: int
    dead_channels: int

    def record(self) -> dict[str, Any]:
        """Lines of `quantisation.json`."""
        return {
            "weight_frac": self.weight_frac.tolist(),
            "shift": self.values["shift"].tolist(),
            "clipped_weights": self.clipped_weights,
            "clipped_biases": self.clipped_biases,
            "dead_channels": self.dead_channels,
        }


def channel_fracs(op: LinearOp, wanted: Ints, bias: Floats, frac_in: int, frac_out: int) -> Ints:
    """Weight fracs at which bias and shift fit, as near to `wanted` as can be; the shift's range wins, then the bias.

    Parameters
    ----------
    wanted
        int64 [out]: fracs that suit the weights.
    bias
        float64 [out], finite.
    """
    fitting = np.minimum(wanted, largest_frac(np.abs(bias), op.bias) - frac_in)
    lowest = max(frac_out - frac_in, -FRAC_LIMIT)
    highest = min(frac_out - frac_in + op.shift_max, FRAC_LIMIT)
    return np.clip(fitting, lowest, highest)


def output_frac(wanted: int, frac_in: int) -> int:
    """The output frac nearest to `wanted` for which a weight frac exists.

    A shift lies in 0..shift_max and a weight's frac within its limit: that bounds how far the fracs may be apart.
    """
    return max(min(wanted, FRAC_LIMIT, frac_in + FRAC_LIMIT), -FRAC_LIMIT, frac_in - FRAC_LIMIT)


def quantise_at(
    op: LinearOp, tensors: tuple[Floats, Floats], frac_in: int, frac_out: int, weight_frac: Ints
) -> QuantisedLayer:
    """Quantise for given fracs.

    Parameters
    ----------
    tensors
        Weight [out, ...] and bias [out]: float64, finite.
    frac_in, frac_out
        Fraction bits of the input and output activations.
    weight_frac
        int64 [out], from `channel_fracs`.
    """
    weight, bias = tensors
    column = weight_frac.reshape(-1, *[1] * (weight.ndim - 1))
    q_weight = quantised(weight, column, op.weights)
    q_bias = quantised(bias, frac_in + weight_frac, op.bias)
    clipped_weights, clipped_biases = (
        int((np.abs(dequantised(q, frac) - value) > np.ldexp(0.51, -frac.astype(np.int32))).sum())
        for q, frac, value in ((q_weight, column, weight), (q_bias, frac_in + weight_frac, bias))
    )
    values = {"weight": q_weight, "bias": q_bias, "shift": frac_in + weight_frac - frac_out}
    dead = int((weight.reshape(len(weight), -1) == 0).all(axis=1).sum())
    return QuantisedLayer(values, frac_out, weight_frac, clipped_weights, clipped_biases, dead)


def _run(node: Node, op: LinearOp, source: TensorType, x: Ints, layer: QuantisedLayer) -> Ints:
    return np.asarray(facet(node.kind, "reference").run(op, source, x, layer.values), np.int64)


def corrected_bias(
    node: Node, op: LinearOp, source: TensorType, tensors: tuple[Floats, Floats], data: tuple[Ints, int, Floats]
) -> Floats:
    """Bias that undoes the mean shift which rounded weights and inputs cause in each channel, on calibration patterns.

    Source: Nagel et al., ICCV 2019, arXiv 1906.04721, section 4.2 (empirical bias correction).
    """
    (weight, bias), (x, frac_in, wanted) = tensors, data
    frac = weight_fracs(weight, op.weights).reshape(-1, *[1] * (weight.ndim - 1))
    own = {"weight": dequantised(quantised(weight, frac, op.weights), frac), "bias": bias}
    got = float_layer(node, op, source, own, torch.from_numpy(dequantised(x, frac_in))).numpy()
    axes = tuple(axis for axis in range(wanted.ndim) if axis != 1)
    return np.asarray(bias + (wanted - got).mean(axis=axes))


def quantise_linear(
    node: Node, op: LinearOp, source: TensorType, tensors: tuple[Floats, Floats], data: tuple[Ints, int, Floats]
) -> QuantisedLayer:
    """Choose the output frac whose integers are nearest to the float activations, in mean square.

    Parameters
    ----------
    tensors
        Float weight and bias.
    data
        Calibration input as integers, its frac, and the layer's float output (before a ReLU, if any).
    """
    x, frac_in, wanted = data
    if not op.out.signed:
        wanted = np.maximum(wanted, 0)  # the unsigned saturation is the ReLU
    magnitude = float(np.abs(wanted).max())
    whole = int(largest_frac(magnitude, op.out)) if magnitude > 0 else frac_in
    weight, bias = tensors[0], corrected_bias(node, op, source, tensors, data)
    wanted_fracs = weight_fracs(weight, op.weights)
    best, least = None, np.inf
    for step in FRAC_CANDIDATES:
        frac = output_frac(whole + step, frac_in)
        fracs = channel_fracs(op, wanted_fracs, bias, frac_in, frac)
        layer = quantise_at(op, (weight, bias), frac_in, frac, fracs)
        error = float(((dequantised(_run(node, op, source, x, layer), frac) - wanted) ** 2).mean())
        if best is None or error < least:
            best, least = layer, error
    assert best is not None
    return best

"""Fake quantisation: floats that are exactly the integers times a power of two, with gradients so that they learn.

Forward is the arithmetic contract (round half even, saturate); backward passes straight through the rounding.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import torch
from torch import Tensor

from speckleforge.fixed.arithmetic import Ints
from speckleforge.fixed.types import IntType

LN2 = log(2)


def scale_of(frac: int | Ints, like: Tensor) -> Tensor:
    """`2**frac` of the type of `like`; exact, which `torch.exp2` need not be."""
    return torch.as_tensor(np.ldexp(1.0, np.asarray(frac, np.int32)), dtype=like.dtype)


class _FakeQuantise(torch.autograd.Function):
    """See `fake_quantise`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, frac: Tensor, scale: Tensor, to: IntType) -> Tensor:
        rounded = torch.round(x * scale)
        y = rounded.clamp(to.min, to.max) / scale
        ctx.save_for_backward(x, y, (rounded >= to.min) & (rounded <= to.max))
        ctx.frac_shape = frac.shape
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, y, inside = ctx.saved_tensors
        passed = grad * inside
        frac_grad = None
        if ctx.needs_input_grad[1]:
            # y = q(x s) / s with s = 2**frac: inside the range dy/dfrac = ln 2 (x - y), saturated -ln 2 y.
            frac_grad = ((passed * x - grad * y) * LN2).sum_to_size(ctx.frac_shape)
        return passed, frac_grad, None, None


def fake_quantise(x: Tensor, frac: Tensor, effective: int | Ints, to: IntType) -> Tensor:
    """`saturate(round_half_even(x * 2**effective)) * 2**-effective`.

    Parameters
    ----------
    x
        Floats, any shape.
    frac
        Learned real-valued fraction bits, which receive the gradient; a shape that broadcasts against `x`.
    effective
        The whole numbers that stand for `frac`: rounded, and moved to where the topology's ranges hold.
    to
        Type of the integers.

    Source: Jain et al., MLSys 2020, arXiv 1903.08066, eq. 6 to 8 (there for the threshold, which is a power of two
    times the scale); Esser et al., ICLR 2020, arXiv 1902.08153.
    """
    result: Tensor = _FakeQuantise.apply(x, frac, scale_of(effective, x), to)  # type: ignore[no-untyped-call]
    return result


class _Substitute(torch.autograd.Function):
    """See `substitute`."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, source: Tensor) -> Tensor:
        return value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return None, grad


def substitute(value: Tensor, source: Tensor) -> Tensor:
    """`value`, with the gradient of `source`."""
    result: Tensor = _Substitute.apply(value, source)  # type: ignore[no-untyped-call]
    return result

"""Layers of the fake-quantised network. Each takes floats with their fraction bits and gives the same, exactly as the
integers would come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.op import LinearOp, Op
from speckleforge.ir.topology import Node
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet
from speckleforge.quantize.fake import fake_quantise, scale_of, substitute
from speckleforge.quantize.floats import Tensors, float_module
from speckleforge.quantize.linear import QuantisedLayer, channel_fracs, output_frac, quantise_at

GAIN = 2.0
"""Octaves per unit of a learned frac: at one learning rate for all, scales move twice as far as weights do.

Thresholds need larger steps than trained weights (arXiv 1903.08066, section 5.2), but a whole step is a factor of two:
with a gain of ten they kept changing, and a W4A4 network came to 0.895 on the validation particles, not to 0.899 (one
seed).
"""
FLOAT_BITS, FLOAT_EXPONENT = 24, 96
"""float32 holds integers of so many bits, times scales of so many octaves with room for them."""


@dataclass(frozen=True)
class Step:
    """A node with its operator and the type of its input."""

    node: Node
    op: Op
    source: TensorType


class FakeLinear(nn.Module):
    """A conv2d or dense layer with learned weights, biases and fracs.

    Attributes
    ----------
    weight, bias
        Float32, as in the checkpoint.
    weight_frac, out_frac
        Learned fraction bits over `GAIN`: [out] and [1].
    """

    def __init__(self, op: LinearOp, step: Step, tensors: Tensors, start: tuple[Ints, int]) -> None:
        super().__init__()
        self.op, self.source = op, step.source
        # In a tuple, so that its own weights, which are never used, are no parameters of this module.
        self._layer = (facet(step.node.kind, "torch").build(op.structure(), step.source.shape),)
        self.weight, self.bias = (
            nn.Parameter(torch.from_numpy(tensors[name].astype(np.float32))) for name in ("weight", "bias")
        )
        self.weight_frac = nn.Parameter(torch.from_numpy(start[0].astype(np.float32)) / GAIN)
        self.out_frac = nn.Parameter(torch.tensor([start[1] / GAIN]))

    def fracs(self, frac_in: int) -> tuple[Ints, int]:
        """The whole fraction bits of each channel's weights and of the output, moved to where every range holds."""
        wanted = torch.round(self.weight_frac.detach() * GAIN).numpy().astype(np.int64)
        out = output_frac(int(torch.round(self.out_frac.detach() * GAIN)), frac_in)
        return channel_fracs(self.op, wanted, self.bias.detach().double().numpy(), frac_in, out), out

    def forward(self, x: Tensor, frac_in: int) -> tuple[Tensor, int]:
        """Values whose integers are `x * 2**frac_in` -> values, and their frac."""
        fracs, out = self.fracs(frac_in)
        column = (-1, *[1] * (self.weight.ndim - 1))
        learned = GAIN * self.weight_frac
        # Few numbers, so float64: a bias of 32 bits is exact.
        weight = fake_quantise(self.weight.double(), learned.reshape(column), fracs.reshape(column), self.op.weights)
        bias = fake_quantise(self.bias.double(), learned.detach(), frac_in + fracs, self.op.bias)
        kind = torch.float32 if self._fits_float(weight, bias, fracs, frac_in) else torch.float64
        tensors = {"weight": weight.to(kind), "bias": bias.to(kind)}
        acc = torch.func.functional_call(self._layer[0], tensors, (x.to(kind),))
        return fake_quantise(acc, GAIN * self.out_frac, out, self.op.out).float(), out

    def _fits_float(self, weight: Tensor, bias: Tensor, fracs: Ints, frac_in: int) -> bool:
        """True where float32 holds every partial sum of these weights and biases, in whatever order it adds."""
        if max(np.abs(fracs).max(), np.abs(frac_in + fracs).max()) > FLOAT_EXPONENT:
            return False
        with torch.no_grad():
            weights = weight.abs().flatten(1).sum(1) * scale_of(fracs, weight)
            worst = weights * self.source.type.magnitude + bias.abs() * scale_of(frac_in + fracs, bias)
        return float(worst.max()) <= 2.0**FLOAT_BITS

    def quantised(self, frac_in: int) -> QuantisedLayer:
        """The integers that `forward` computes with."""
        fracs, out = self.fracs(frac_in)
        weight, bias = (value.detach().double().numpy() for value in (self.weight, self.bias))
        return quantise_at(self.op, (weight, bias), frac_in, out, fracs)


class FakeShape(nn.Module):
    """A layer that only passes or chooses values: its torch facet is exact."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._layer = (float_module(step.node, step.op, step.source, {}).float(),)

    def forward(self, x: Tensor, frac_in: int) -> tuple[Tensor, int]:
        """Values and their frac -> values and the same frac."""
        return self._layer[0](x), frac_in


class ByReference(nn.Module):
    """Any other layer: forward is its integer reference with the parameters that post-training quantisation chose.

    Backward is its torch facet. With fixed integer parameters the layer knows nothing of scales: whatever its input's
    frac becomes, its output's differs from it by as much as at first.
    """

    def __init__(self, step: Step, own: Tensors, values: Mapping[str, Ints], gained: int) -> None:
        super().__init__()
        self.step, self.values, self.gained = step, dict(values), gained
        self._layer = (float_module(step.node, step.op, step.source, own).float(),)

    def forward(self, x: Tensor, frac_in: int) -> tuple[Tensor, int]:
        """Values whose integers are `x * 2**frac_in` -> values, and their frac."""
        frac = frac_in + self.gained
        ints = (x.detach().double() * scale_of(frac_in, x).double()).numpy().astype(np.int64)
        run = facet(self.step.node.kind, "reference").run
        found = torch.from_numpy(np.ldexp(run(self.step.op, self.step.source, ints, self.values), -frac)).float()
        return (substitute(found, self._layer[0](x)) if x.requires_grad else found), frac
